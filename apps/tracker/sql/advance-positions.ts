import type { ClientBase } from 'pg';
import type { Position } from '../stored.js';

const statement = `
  INSERT INTO position AS held (generation, topic, "partition", next_offset)
  SELECT $1::int, * FROM unnest($2::text[], $3::int[], $4::bigint[]) AS read (topic, "partition", next_offset)
  ORDER BY topic, "partition"
  ON CONFLICT (generation, topic, "partition") DO UPDATE
    SET next_offset = greatest(held.next_offset, excluded.next_offset)
`;

/** Notes up to where the partitions are stored, in the transaction that stores them; it never goes back. */
export async function advancePositions(
  client: ClientBase,
  generation: number,
  positions: readonly Position[],
): Promise<void> {
  await client.query({
    name: 'advance-positions',
    text: statement,
    values: [
      generation,
      positions.map(({ topic }) => topic),
      positions.map(({ partition }) => partition),
      positions.map(({ nextOffset }) => nextOffset),
    ],
  });
}
