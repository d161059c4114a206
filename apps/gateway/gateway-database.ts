import type { Pool, PoolClient } from 'pg';
import { StartError } from '#platform/fatal.js';
import { inTransaction, type LocalSettings } from '#platform/transaction.js';

/** Whose rows a transaction sees; the policies of schema `gateway` read these settings. */
export type RowsOf =
  | { readonly tenantId: string }
  /** Before the tenant is known: the one key with this prefix. */
  | { readonly keyPrefix: string }
  /** The sweeper, for all tenants. */
  | { readonly isWorker: true };

/** The gateway's own schema. Every statement runs in a transaction that sees only the rows it was opened for. */
export class GatewayDatabase {
  constructor(private readonly pool: Pool) {}

  /** Runs `work` in a transaction; commits what it did, or nothing of it when it throws. */
  async transaction<Result>(rows: RowsOf, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    return inTransaction(this.pool, settingOf(rows), work);
  }
}

function settingOf(rows: RowsOf): LocalSettings {
  if ('tenantId' in rows) return { 'gateway.tenant_id': rows.tenantId };
  if ('keyPrefix' in rows) return { 'gateway.key_prefix': rows.keyPrefix };
  return { 'gateway.worker': 'on' };
}

/** Throws {@link StartError} where Postgres would not keep tenants apart: row-level security does not bind such a role. */
export async function refuseUnboundRole(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ is_unbound: boolean }>(
    'select rolsuper or rolbypassrls as is_unbound from pg_roles where rolname = current_user',
  );
  if (rows[0]?.is_unbound === true)
    throw new StartError(
      'the role of DATABASE_URL is not bound by row-level security: let it name the role onboarding_gateway',
    );
}
