import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '#platform/transaction.js';

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
  return inTransaction(pool, { 'app.tenant_id': tenant }, work);
}

/** The SQLSTATE of an error of Postgres. */
export function sqlStateOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
