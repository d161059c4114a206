const firstMs = 200;
const longestMs = 15_000;
const retryAfterMaxSeconds = 120;

/** Milliseconds until the next try: as the server asked, else exponential with full jitter. `random` is in [0, 1). */
export function backoffMs(attempt: number, random: number, retryAfterSeconds?: number): number {
  if (retryAfterSeconds !== undefined) return Math.min(retryAfterSeconds, retryAfterMaxSeconds) * 1000;
  return Math.round(random * Math.min(longestMs, firstMs * 2 ** attempt));
}
