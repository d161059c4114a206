import type { Pool } from 'pg';
import { StartError } from '#platform/fatal.js';

/** Throws {@link StartError} where Postgres would not keep tenants apart: row-level security does not bind such a role. */
export async function refuseUnboundRole(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ isUnbound: boolean }>(
    'SELECT rolsuper OR rolbypassrls AS "isUnbound" FROM pg_roles WHERE rolname = current_user',
  );
  if (rows[0]?.isUnbound === true)
    throw new StartError(
      'the role of DATABASE_URL is not bound by row-level security: let it name the role onboarding_tracker',
    );
}
