import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '#platform/fatal.js';

/** Network and start-up errors that pass by themselves; a wrong password or a missing right does not. */
const passing = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', '57P03']);
const passingInKafka = new Set([
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSConnectionError',
  'KafkaJSGroupCoordinatorNotFound',
]);

interface PassingSigns {
  readonly code?: string;
  readonly name?: string;
  readonly errors?: readonly unknown[];
  /** kafkajs says so of what a broker answers while it is starting. */
  readonly retriable?: boolean;
}

/** What is waited for, and the setting that says where it is. */
export interface Awaited {
  readonly name: string;
  readonly setting: string;
  readonly timeLimitMs: number;
  readonly say: (line: string) => void;
}

/**
 * Tries until what we depend on is there, and says once that it waits. Rejects at once with what no waiting mends, and
 * with a sentence when `timeLimitMs` is over.
 */
export async function waitFor<Result>(what: Awaited, connect: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + what.timeLimitMs;
  let hasSaid = false;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (performance.now() > deadline)
        throw new StartError(
          `${what.name} has not answered within ${what.timeLimitMs / 1_000} s: start it, or set ${what.setting} to where it is`,
        );
      if (!hasSaid) what.say(`Waiting for ${what.name}: it does not answer yet.`);
      hasSaid = true;
      await delay(500);
    }
  }
}

function isPassing(error: unknown): boolean {
  const { code, name, errors, retriable } = error as PassingSigns;
  const isKnown = passing.has(code ?? '') || passingInKafka.has(name ?? '');
  return isKnown || retriable === true || (errors ?? []).some(isPassing);
}
