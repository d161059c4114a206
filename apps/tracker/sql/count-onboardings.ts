import type { ClientBase } from 'pg';
import type { Counted } from '../funnel.rules.js';
import { liveGeneration } from './live-generation.js';

/** How many onboardings of a tenant, or of all, are alike. */
export async function countOnboardings(client: ClientBase, tenantId: string | undefined): Promise<Counted[]> {
  const { rows } = await client.query<Counted>(
    `SELECT applicant_kind AS "applicantKind", stage, state, outcome, is_replayed AS "isReplayed", count(*)::float8 AS count
     FROM onboarding WHERE generation = ${liveGeneration} AND ($1::text IS NULL OR tenant_id = $1)
     GROUP BY applicant_kind, stage, state, outcome, is_replayed`,
    [tenantId ?? null],
  );
  return rows;
}

/** How many are parked, of all tenants that the transaction sees. */
export async function countParked(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::float8 AS count FROM onboarding WHERE generation = ${liveGeneration} AND state = 'parked'`,
  );
  return rows[0]?.count ?? 0;
}
