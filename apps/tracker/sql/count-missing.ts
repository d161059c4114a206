import type { Pool, ClientBase } from 'pg';
import type { LogRange } from '../log-ranges.js';

/** Which generation, against what there is to read. */
export interface Comparison {
  readonly generation: number;
  readonly ranges: readonly LogRange[];
  /** Count what this other generation has stored, and only that: also what came after the ranges were read. */
  readonly asMuchAs?: number | undefined;
}

const statement = `
  SELECT coalesce(sum(greatest(
    CASE WHEN $5::int IS NULL THEN log.high ELSE coalesce(other.next_offset, log.low) END
      - greatest(own.next_offset, log.low), 0)), 0)::float8 AS missing
  FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) AS log (topic, "partition", low, high)
  LEFT JOIN position own ON own.generation = $6 AND own.topic = log.topic AND own."partition" = log."partition"
  LEFT JOIN position other
    ON other.generation = $5 AND other.topic = log.topic AND other."partition" = log."partition"
`;

/** Records that are in the topics, or in the other generation, and not in this one. */
export async function countMissing(client: Pool | ClientBase, comparison: Comparison): Promise<number> {
  const { generation, ranges, asMuchAs } = comparison;
  const { rows } = await client.query<{ missing: number }>(statement, [
    ranges.map(({ topic }) => topic),
    ranges.map(({ partition }) => partition),
    ranges.map(({ low }) => low),
    ranges.map(({ high }) => high),
    asMuchAs ?? null,
    generation,
  ]);
  return rows[0]?.missing ?? 0;
}
