import { z } from 'zod';
import { doubtfulSteps } from './effects-table.js';
import { readAllTopics } from './read-topics.js';
import type { Seen, SeenEffect } from './seen.js';

/** Where to look, and what was promised to whoever asked. */
export interface WitnessPlace extends Pick<Seen, 'requests' | 'commands' | 'canaries'> {
  /** `host:port,...` */
  readonly brokers: string;
  readonly sandboxUrl: string;
}

const ledgerSchema = z.object({
  effects: z.array(
    z.object({
      key: z.string(),
      isOnceOnly: z.boolean(),
      count: z.int(),
      objectIds: z.array(z.string()),
    }),
  ),
});

/** Sees all that the witness judges by. Look when nothing moves any more: what is under way looks lost. */
export async function look({ brokers, sandboxUrl, ...promised }: WitnessPlace): Promise<Seen> {
  const [records, ledger] = await Promise.all([readAllTopics(brokers.split(',')), readLedger(sandboxUrl)]);
  return { ...promised, records, ledger, doubtfulSteps: doubtfulSteps() };
}

/** FinHub's own book. Rejects where the sandbox does not answer. */
export async function readLedger(sandboxUrl: string): Promise<SeenEffect[]> {
  const answer = await fetch(`${sandboxUrl}/_sandbox/ledger`);
  return ledgerSchema.parse(await answer.json()).effects;
}
