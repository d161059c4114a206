import type { Pool, PoolClient } from 'pg';

/** The tenant of ops and of the tracker itself: sees all of them. */
export const everyTenant = '*';

/**
 * Runs `work` in a transaction that sees and writes the rows of one tenant, or of all (`*`): row-level security holds,
 * whatever `work` asks for. Commits what it did, or nothing when it throws.
 */
export async function asTenant<Result>(
  pool: Pool,
  tenant: string,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  // A connection that breaks while nothing is asked of it would end the process; the next statement tells.
  const onError = (): void => undefined;
  client.on('error', onError);
  let failure: Error | undefined;
  try {
    await client.query('BEGIN');
    await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenant]);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((broken: unknown) => {
      failure = broken as Error;
    });
    throw error;
  } finally {
    client.off('error', onError);
    // A connection that could not roll back is not used again.
    client.release(failure);
  }
}

/** The SQLSTATE of an error of Postgres. */
export function sqlStateOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
