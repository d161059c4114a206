import type { ClientBase } from 'pg';

/**
 * Whether rows of the generation may still be written. Holds its row until the transaction ends: a switch waits for what
 * is under way, and nothing is written into a generation that was switched away from.
 */
export async function fenceGeneration(client: ClientBase, generation: number): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'fence-generation',
    text: `SELECT FROM generation WHERE number = $1 AND state <> 'retired' FOR SHARE`,
    values: [generation],
  });
  return rowCount === 1;
}
