import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks until the answer is neither `undefined` nor `false`, and gives it. Rejects after `timeLimitMs` (10 s unless told)
 * with what was waited for. An error of `probe` is an answer of its own: it rejects at once.
 */
export async function waitUntil<Result>(
  what: string,
  probe: () => Result | Promise<Result>,
  timeLimitMs = 10_000,
): Promise<Exclude<Awaited<Result>, undefined | false>> {
  const deadline = performance.now() + timeLimitMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false)
      return answer as Exclude<Awaited<Result>, undefined | false>;
    if (performance.now() > deadline) throw new Error(`Waited ${timeLimitMs} ms in vain: ${what}`);
    await delay(20);
  }
}
