import type { QueryConfig } from 'pg';

/** Asks up to where each partition is stored in a generation: the offset of the next record to read. */
export function storedPositions(generation: number): QueryConfig {
  return {
    text: 'SELECT topic, "partition", next_offset FROM position WHERE generation = $1',
    values: [generation],
  };
}
