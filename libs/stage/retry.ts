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

export type RetryDecision = { readonly retryInMs: number } | { readonly parkWith: string };

/**
 * Exponential back-off with full jitter; Retry-After is obeyed to the millisecond, and never undercut. `random` is in
 * [0, 1).
 */
export function decideRetry(
  failure: Failure,
  tried: { readonly tries: number; readonly sinceMs: number; readonly random: number },
  policy: RetryPolicy,
): RetryDecision {
  const isMisconfigured = failure.kind === 'misconfigured';
  const attemptsMax = isMisconfigured ? policy.misconfiguredAttemptsMax : policy.attemptsMax;
  if (tried.tries >= attemptsMax || tried.sinceMs >= policy.totalMsMax)
    return { parkWith: isMisconfigured ? 'misconfigured' : 'attempts_exhausted' };
  const ceiling = Math.min(policy.firstDelayMs * 2 ** (tried.tries - 1), policy.delayMsMax);
  return { retryInMs: Math.round((failure.retryAfterMs ?? 0) + tried.random * ceiling) };
}
