import type { ParkingCode } from '#contracts/reason-codes.js';
import type { Failure } from './failure.js';

/** How long a stage tries before a human has to look. */
export interface RetryPolicy {
  readonly attemptsMax: number;
  /** From the first attempt of the step. */
  readonly totalMsMax: number;
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
  /** Attempts for a `misconfigured` answer: one applicant alone is parked soon. */
  readonly misconfiguredAttemptsMax: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  attemptsMax: 10,
  totalMsMax: 15 * 60_000,
  firstDelayMs: 200,
  delayMsMax: 60_000,
  misconfiguredAttemptsMax: 4,
};

/** How much later than Retry-After a call may come. */
const overrunMsMax = 1_000;

export type RetryDecision = { readonly retryInMs: number } | { readonly parkWith: ParkingCode };

/** Failures of one step so far; `random` is in [0, 1). */
export interface Tried {
  readonly tries: number;
  readonly sinceMs: number;
  readonly random: number;
}

/** Another attempt within the policy's bounds, after {@link pauseMs}; else parked. */
export function decideRetry(failure: Failure, tried: Tried, policy: RetryPolicy): RetryDecision {
  const isMisconfigured = failure.kind === 'misconfigured';
  const attemptsMax = isMisconfigured ? policy.misconfiguredAttemptsMax : policy.attemptsMax;
  if (tried.tries >= attemptsMax || tried.sinceMs >= policy.totalMsMax)
    return { parkWith: isMisconfigured ? 'misconfigured' : 'attempts_exhausted' };
  return { retryInMs: pauseMs(failure, tried, policy) };
}

/**
 * Exponential back-off with full jitter. Retry-After is never undercut, and overrun by a second at the most, lest all who were
 * told the same come at once; only what has failed again and again rests longer.
 */
export function pauseMs(
  { retryAfterMs = 0 }: Failure,
  { tries, random }: Tried,
  policy: RetryPolicy,
): number {
  const ceiling = Math.min(policy.firstDelayMs * 2 ** Math.max(tries - 1, 0), policy.delayMsMax);
  const afterTheirs = retryAfterMs + random * Math.min(ceiling, overrunMsMax);
  return Math.round(Math.max(afterTheirs, random * ceiling));
}
