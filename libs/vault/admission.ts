import type { ApplicantKind } from '#contracts/contract.js';

/** A request that asks to be admitted. */
export interface Admission {
  /** `onboardingIdOf(tenantId, requestId)`; with any other the verdict is `unstorable`. */
  readonly onboardingId: string;
  readonly tenantId: string;
  readonly requestId: string;
  readonly applicantKind: ApplicantKind;
  /** The upstream's request: any JSON value, maybe one that breaks rules. */
  readonly body: unknown;
}

/**
 * The vault's word on a request:
 * - `new`: stored now, by this call and by no other;
 * - `repeat`: the same request again, member order and spelling aside;
 * - `conflict`: the id is in use with another body; nothing of either body is told;
 * - `erased`: the person was erased; nothing is stored;
 * - `unstorable`: no JSON value within the limits (500 levels, 2 MiB), ids that are none, an onboarding id that is not derived
 *   from them, or a row that Postgres refuses. Nothing is stored, the others of the call are.
 */
export type AdmissionVerdict = 'new' | 'repeat' | 'conflict' | 'erased' | 'unstorable';

/** What the vault says of an admitted request without opening it. */
export interface AdmissionRecord {
  readonly onboardingId: string;
  readonly tenantId: string;
  readonly requestId: string;
  readonly applicantKind: ApplicantKind;
  readonly admittedAt: Date;
  readonly isErased: boolean;
  /** Why the data may not be erased; for ops, it may name the person. */
  readonly holdReason?: string;
}
