import { finhubFailures } from '#contracts/reason-codes/finhub-failures.js';

/**
 * What a failed call means for who made it:
 * - `not-done`: it surely had no effect; try later. Every failed read is one, whatever went wrong.
 * - `unknown-outcome`: it may have had its effect. A repeatable step calls again, a `once` step has to find out.
 * - `rejected`: FinHub's final no to this applicant.
 * - `misconfigured`: our credentials, rights, headers or order of calls, what FinHub does not know, or what it refuses a customer
 *   that is registered: a human mends it, and the onboarding goes on.
 */
export type FailureKind = 'not-done' | 'unknown-outcome' | 'rejected' | 'misconfigured';

/** A stable reason code of the catalogue. */
export type FailureCode = keyof typeof finhubFailures;

export interface FailureDetails {
  readonly kind: FailureKind;
  readonly code: FailureCode;
  /** Name of the operation in `openapi.yaml`. */
  readonly endpoint: string;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly excerpt?: string | undefined;
}

/**
 * A call to FinHub failed. Neither the message nor any field holds a secret or personal data, and there is no `cause`:
 * what the network layer throws can carry parts of an answer.
 */
export class FinhubFailure extends Error {
  readonly kind: FailureKind;
  readonly code: FailureCode;
  readonly endpoint: string;
  /** HTTP status, where there was one. */
  declare readonly status?: number;
  /** What FinHub asked us to wait, at most a day. */
  declare readonly retryAfterMs?: number;
  /** Masked piece of the answer, at most 300 characters. */
  declare readonly excerpt?: string;

  constructor(details: FailureDetails) {
    super(`${details.endpoint}: ${finhubFailures[details.code].sentence}`);
    this.name = 'FinhubFailure';
    this.kind = details.kind;
    this.code = details.code;
    this.endpoint = details.endpoint;
    if (details.status !== undefined) this.status = details.status;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.excerpt !== undefined) this.excerpt = details.excerpt;
  }
}
