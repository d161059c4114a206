import type { ClientBase } from 'pg';
import type { StoredDeadLetter } from '../stored.js';
import { liveGeneration } from './live-generation.js';

/** A dead letter without its payload, which may be a megabyte. */
export type DeadLetterRow = Omit<StoredDeadLetter, 'sealed'>;

const columns = `id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, topic,
  "partition"::float8, "offset", consumer, reason, bytes::float8`;

/** Dead letters of the live generation, newest first; `before` is where the last page ended. */
export async function listDeadLetters(
  client: ClientBase,
  filter: {
    readonly before?: { readonly at: string; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<DeadLetterRow[]> {
  const { rows } = await client.query<DeadLetterRow>(
    `SELECT ${columns} FROM dead_letter
     WHERE generation = ${liveGeneration}
       AND ($1::timestamptz IS NULL OR (dead_letter.at, id) < ($1::timestamptz, $2::text))
     ORDER BY dead_letter.at DESC, id DESC LIMIT $3`,
    [filter.before?.at ?? null, filter.before?.id ?? null, filter.limit],
  );
  return rows;
}

/** One dead letter with its sealed payload. */
export async function findDeadLetter(client: ClientBase, id: string): Promise<StoredDeadLetter | undefined> {
  const { rows } = await client.query<StoredDeadLetter>(
    `SELECT ${columns}, sealed FROM dead_letter WHERE generation = ${liveGeneration} AND id = $1`,
    [id],
  );
  return rows[0];
}
