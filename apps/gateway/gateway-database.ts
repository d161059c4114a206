import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import { StartError } from '#platform/fatal.js';

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
    const client = await this.pool.connect();
    try {
      await client.query(`begin; ${settingOf(rows)}`);
      const result = await work(client);
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      await client.query('rollback').then(
        () => {
          client.release();
        },
        (error: unknown) => {
          client.release(error instanceof Error ? error : true);
        },
      );
      throw error;
    }
  }
}

function settingOf(rows: RowsOf): string {
  if ('tenantId' in rows) return `set local gateway.tenant_id = ${escapeLiteral(rows.tenantId)}`;
  if ('keyPrefix' in rows) return `set local gateway.key_prefix = ${escapeLiteral(rows.keyPrefix)}`;
  return "set local gateway.worker = 'on'";
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
