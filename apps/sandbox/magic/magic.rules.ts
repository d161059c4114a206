/** What an applicant's e-mail or name can ask of the sandbox, and what it then does. */
export const magicMeanings = {
  conflict: 'registration answers 409, always',
  'rate-limited': 'the first two registrations answer 429 with `Retry-After: 1`',
  'error-500': 'the first two registrations answer 500 and do nothing',
  hang: 'the first registration is never answered and does nothing',
  'lost-answer': 'registration is done, its answer is cut off, and no `customer.created` is sent',
  'lost-answer-webhook': 'registration is done, its answer is cut off, and `customer.created` is sent',
  'lost-employee': 'the first employee is added, the answer is cut off',
  'lost-director': 'the first director is added, the answer is cut off',
  'lost-shareholder': 'the first shareholder is added, the answer is cut off',
  'lost-verification': 'the verification is opened, the answer is cut off',
  'lost-upload': 'the first document is stored, the answer is cut off',
  'lost-activation': 'activation is done, the answer is cut off',
  'kyc-rejected':
    'whoever decides, the verification ends as REJECTED; approving answers 200 with that status',
  'kyb-slow': 'the verification decides itself after SANDBOX_SLOW_DECISION_MS; approving only asks for it',
  'consent-pending': 'each consent answers PENDING until a readiness check has shown it accepted',
} as const;

/** The name of a magic value. */
export type MagicTag = keyof typeof magicMeanings;

/**
 * The tags in `+tag` parts of the e-mail's local part and in `MAGIC:tag` within a name. What is no tag is ignored, so
 * that `ona+kyc-rejected+17@example.test` is one of many.
 */
export function magicTags(email: string, name: string): MagicTag[] {
  const [, ...inEmail] = email.slice(0, email.indexOf('@')).toLowerCase().split('+');
  const inName = [...name.matchAll(/MAGIC:([a-z0-9-]+)/gu)].map((match) => match[1] ?? '');
  return [...new Set([...inEmail, ...inName])].filter((tag): tag is MagicTag =>
    Object.hasOwn(magicMeanings, tag),
  );
}
