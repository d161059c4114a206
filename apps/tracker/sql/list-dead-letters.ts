import type { ClientBase } from 'pg';
import type { StoredDeadLetter } from '../stored.js';
import { liveGeneration } from './live-generation.js';

/** Dead letters of the live generation, newest first; `before` is where the last page ended. */
export async function listDeadLetters(
  client: ClientBase,
  filter: {
    readonly before?: { readonly at: string; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<StoredDeadLetter[]> {
  const { rows } = await client.query<Omit<StoredDeadLetter, 'at'> & { at: Date }>(
    `SELECT id, at, topic, "partition"::float8, "offset", consumer, reason, bytes::float8, sealed FROM dead_letter
     WHERE generation = ${liveGeneration}
       AND ($1::timestamptz IS NULL OR (at, id) < ($1::timestamptz, $2::text))
     ORDER BY at DESC, id DESC LIMIT $3`,
    [filter.before?.at ?? null, filter.before?.id ?? null, filter.limit],
  );
  return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
}
