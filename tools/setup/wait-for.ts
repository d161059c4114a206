import { setTimeout as delay } from 'node:timers/promises';

/** Network and start-up errors that pass by themselves; a wrong password or a missing right does not. */
const passing = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', '57P03']);

/**
 * Tries until what we depend on is there, and says once that it waits. Rejects at once with what no waiting mends, and
 * with the last error when `timeLimitMs` is over.
 */
export async function waitFor<Result>(
  what: { name: string; timeLimitMs: number; say: (line: string) => void },
  connect: () => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + what.timeLimitMs;
  let hasSaid = false;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (!isPassing(error) || performance.now() > deadline) throw error;
      if (!hasSaid) what.say(`Waiting for ${what.name}: it does not answer yet.`);
      hasSaid = true;
      await delay(500);
    }
  }
}

function isPassing(error: unknown): boolean {
  const { code, name, errors } = error as { code?: string; name?: string; errors?: unknown[] };
  return (
    passing.has(code ?? '') ||
    name === 'KafkaJSNumberOfRetriesExceeded' ||
    name === 'KafkaJSConnectionError' ||
    (errors ?? []).some(isPassing)
  );
}
