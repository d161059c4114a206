import type { OperationName } from '#finhub-client/operations.js';

/** A call with an effect that must not happen twice, and where we see what became of it. */
export interface LostAnswer {
  /** As `docs/finhub-effects.md` names it. */
  readonly step: string;
  readonly operation: OperationName;
  readonly kind: 'individual' | 'organization';
  /** What `find` asks at FinHub; nothing for a registration, of which only a webhook tells. */
  readonly looksAt: OperationName | undefined;
  /** The call's own time limit where it is not that of the settings, ms. */
  readonly timeLimitMs?: number;
  /** Which setting of `FINHUB_VERIFICATION_CALL` makes the call; any unless told. */
  readonly verificationCall?: 'verifications' | 'customer-verification';
}

/** How an answer is lost, and how often the call may then be made, the lost one counted. */
export const losses = [
  { name: 'it happened, and the answer was lost', fault: 'lost-answer', calls: 1 },
  { name: 'it happened, and half of the answer came', fault: 'truncated', calls: 1 },
  { name: 'it did not happen', fault: 'hang', calls: 2 },
  { name: 'it happens only after the time limit', fault: 'late-effect', calls: 1 },
] as const;

/** An upload of the small documents of the examples. */
const uploadLimitMs = 10_000;

/** Every call of every `once` step. */
export const lostAnswers: readonly LostAnswer[] = [
  { step: 'register', operation: 'registerIndividual', kind: 'individual', looksAt: undefined },
  { step: 'register', operation: 'registerOrganization', kind: 'organization', looksAt: undefined },
  { step: 'employee:<n>', operation: 'addEmployee', kind: 'organization', looksAt: 'listEmployees' },
  { step: 'director:<n>', operation: 'addDirector', kind: 'organization', looksAt: 'listDirectors' },
  { step: 'shareholder:<n>', operation: 'addShareholder', kind: 'organization', looksAt: 'listShareholders' },
  {
    step: 'open-verification',
    operation: 'openVerification',
    kind: 'individual',
    looksAt: 'checkIndividualReadiness',
    verificationCall: 'verifications',
  },
  {
    step: 'open-verification',
    operation: 'openCustomerVerification',
    kind: 'individual',
    looksAt: 'checkIndividualReadiness',
    verificationCall: 'customer-verification',
  },
  {
    step: 'open-verification',
    operation: 'openOrganizationVerification',
    kind: 'organization',
    looksAt: 'checkOrganizationReadiness',
  },
  {
    step: 'upload:<documentId>',
    operation: 'uploadDocument',
    kind: 'individual',
    looksAt: 'listIndividualDocuments',
    timeLimitMs: uploadLimitMs,
  },
  {
    step: 'upload:<documentId>',
    operation: 'uploadDocument',
    kind: 'organization',
    looksAt: 'listOrganizationDocuments',
    timeLimitMs: uploadLimitMs,
  },
  { step: 'activate', operation: 'activateIndividual', kind: 'individual', looksAt: 'listWallets' },
  { step: 'activate', operation: 'activateOrganization', kind: 'organization', looksAt: 'listWallets' },
];
