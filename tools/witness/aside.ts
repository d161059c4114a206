import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { projectRoot } from '../local/project-root.js';
import type { WitnessPlace } from './look.js';
import type { Seen } from './seen.js';
import type { Verdict } from './verdict.js';

/** What was seen, and what the witness says of it. */
export interface Judged {
  readonly seen: Seen;
  readonly verdict: Verdict;
}

/**
 * Looks and judges in a thread of its own: after an hour there are hundreds of thousands of records, and whatever else this
 * process does, e.g. carry the pipeline's connections, must go on meanwhile. Needs `dist/`.
 */
export async function lookAside(place: WitnessPlace): Promise<Judged> {
  const thread = new Worker(join(projectRoot, 'dist', 'tools', 'witness', 'aside-thread.js'), {
    workerData: place,
  });
  const [{ seen, verdict }] = (await once(thread, 'message')) as [Judged];
  return { seen: { ...seen, records: seen.records.map(withBuffer) }, verdict };
}

/** Between threads a buffer becomes a plain array of bytes. */
function withBuffer(record: Seen['records'][number]): Seen['records'][number] {
  const { value } = record;
  if (value === null) return record;
  return { ...record, value: Buffer.from(value.buffer, value.byteOffset, value.byteLength) };
}
