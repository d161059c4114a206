import { setTimeout as delay } from 'node:timers/promises';

/** True once the condition holds, false when it does not within `limitMs`. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
  intervalMs = 100,
): Promise<boolean> {
  const deadlineMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) return false;
    await delay(intervalMs);
  }
  return true;
}

/** Resolves after that time, or as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
