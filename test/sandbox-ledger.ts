import { z } from 'zod';
import type { TestPipeline } from './processes.js';

const ledgerSchema = z.object({
  effects: z.array(z.object({ key: z.string(), objectIds: z.array(z.string()) })),
});

/** An effect that the sandbox has seen, and the ids of what it made. */
export type Effect = z.infer<typeof ledgerSchema>['effects'][number];

/** What has happened at FinHub, by the sandbox's own word; of keys that begin with `prefix`. */
export async function effects(pipeline: TestPipeline, prefix = ''): Promise<Effect[]> {
  const path = `/_sandbox/ledger?prefix=${encodeURIComponent(prefix)}`;
  return ledgerSchema.parse(await pipeline.sandbox(path)).effects;
}

/** What may happen once and happened more often. */
export async function doubledEffects(pipeline: TestPipeline): Promise<Effect[]> {
  return ledgerSchema.parse(await pipeline.sandbox('/_sandbox/ledger?doubled=true')).effects;
}
