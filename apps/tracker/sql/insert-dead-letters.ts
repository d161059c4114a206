import type { ClientBase } from 'pg';
import type { StoredDeadLetter } from '../stored.js';

const statement = `
  INSERT INTO dead_letter (generation, id, at, topic, "partition", "offset", consumer, reason, bytes, sealed)
  SELECT $1::int, * FROM unnest($2::text[], $3::timestamptz[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
    $9::bigint[], $10::text[]) AS told (id, at, topic, "partition", "offset", consumer, reason, bytes, sealed)
  ORDER BY id
  ON CONFLICT DO NOTHING
`;

/** Keeps dead letters, each once. */
export async function insertDeadLetters(
  client: ClientBase,
  generation: number,
  letters: readonly StoredDeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  const column = <Name extends keyof StoredDeadLetter>(name: Name) => letters.map((letter) => letter[name]);
  await client.query({
    name: 'insert-dead-letters',
    text: statement,
    values: [
      generation,
      column('id'),
      column('at'),
      column('topic'),
      column('partition'),
      column('offset'),
      column('consumer'),
      column('reason'),
      column('bytes'),
      column('sealed'),
    ],
  });
}
