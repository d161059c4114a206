import { setTimeout as delay } from 'node:timers/promises';

/** True once the condition holds, false when it does not within `limitMs`. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<boolean> {
  const deadlineMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) return false;
    await delay(100);
  }
  return true;
}
