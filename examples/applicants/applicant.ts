/** One line of `applicants.jsonl`. `expect` says how it ends with the sandbox; an upstream would not send it. */
export interface Applicant {
  readonly requestId: string;
  readonly applicantKind: 'individual' | 'organization';
  readonly request: Readonly<Record<string, unknown>>;
  readonly expect: Expected;
}

export interface Expected {
  readonly end: 'activated' | 'rejected' | 'parked';
  readonly code?: string;
}

export const activated: Expected = { end: 'activated' };
export const breaksOurRules: Expected = { end: 'rejected', code: 'request_invalid' };

/** How those end that ask the sandbox for something by a `+tag` in their e-mail address. */
export const endsByTag: Readonly<Record<string, Expected>> = {
  'kyc-rejected': { end: 'rejected', code: 'verification_rejected' },
  conflict: { end: 'rejected', code: 'already_a_customer' },
  'rate-limited': activated,
  'error-500': activated,
  hang: activated,
  'kyb-slow': activated,
  'consent-pending': activated,
  'lost-employee': activated,
  'lost-answer': { end: 'parked', code: 'in_doubt' },
};

/** The three consents, given a few seconds apart. */
export function consentsGiven(minute: number): object[] {
  return ['terms', 'privacy', 'data-processing'].map((type, index) => ({
    type,
    version: '1.0',
    acceptedAt: `2026-01-15T09:${String(minute).padStart(2, '0')}:${String(10 + index * 7)}Z`,
    ipAddress: minute % 5 === 0 ? `2001:db8::${String(minute + 1)}` : `192.0.2.${String(minute + 1)}`,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) ExampleBrowser/1.0',
  }));
}
