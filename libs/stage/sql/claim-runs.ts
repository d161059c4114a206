const columns = `
  r.onboarding_id AS "onboardingId", r.event, r.traceparent, r.state, r.results, r.open_step AS "openStep",
  r.intent_at AS "intentAt",
  coalesce(extract(epoch FROM r.settles_at - now()) * 1000, 0)::float8 AS "settlesInMs",
  r.sequence, r.attempt, r.replay_of AS "replayOf", r.signals, r.parked, r.answered, r.lease_token::text AS "leaseToken",
  r.has_commands AS "hasCommands", r.look_first_since AS "lookFirstSince", r.told_end AS "toldEnd",
  now() AS "databaseNow"`;

/**
 * Takes what is due, fairly over tenants: the oldest of each, then the second oldest of each, ..., whatever waits behind
 * them. The tenants are found by skipping through the index, one look per tenant.
 *
 * $1 how many, $2 how many of one tenant, $3 owner, $4 lease in ms, $5 how many of which tenant, where it is not $2 (jsonb)
 */
export const claimRunsSql = `
WITH RECURSIVE tenant AS (
  (SELECT tenant_id FROM stage_run WHERE due_at IS NOT NULL ORDER BY tenant_id LIMIT 1)
  UNION ALL
  SELECT (SELECT s.tenant_id FROM stage_run s WHERE s.due_at IS NOT NULL AND s.tenant_id > tenant.tenant_id
          ORDER BY s.tenant_id LIMIT 1)
  FROM tenant WHERE tenant.tenant_id IS NOT NULL
), candidate AS (
  SELECT picked.onboarding_id, picked.turn FROM tenant
  CROSS JOIN LATERAL (
    SELECT oldest.onboarding_id, row_number() OVER (ORDER BY oldest.due_at) AS turn FROM (
      SELECT s.onboarding_id, s.due_at FROM stage_run s
      WHERE s.tenant_id = tenant.tenant_id AND s.due_at <= now()
      ORDER BY s.due_at LIMIT least($1::int, coalesce(($5::jsonb ->> tenant.tenant_id)::int, $2::int))
    ) oldest
  ) picked
  WHERE tenant.tenant_id IS NOT NULL
), due AS (
  SELECT s.onboarding_id FROM stage_run s JOIN candidate USING (onboarding_id)
  WHERE s.due_at <= now()
  ORDER BY candidate.turn, s.due_at LIMIT $1::int FOR UPDATE OF s SKIP LOCKED
)
UPDATE stage_run r SET
  lease_token = r.lease_token + 1, write_number = 0, leased_by = $3, due_at = now() + $4::float8 * interval '1 millisecond'
FROM due WHERE r.onboarding_id = due.onboarding_id
RETURNING ${columns}`;

/** The commands that wait for onboardings, in the order in which they came. $1 onboarding ids */
export const pendingCommandsSql = `
SELECT onboarding_id AS "onboardingId", command, occurred_at AS "occurredAt"
FROM command WHERE applied_at IS NULL AND onboarding_id = ANY($1::uuid[]) ORDER BY position`;

/** Gives back what a stopping process still holds; an open intent keeps its settle time. $1 owner */
export const releaseRunsSql = `
UPDATE stage_run SET leased_by = NULL, due_at = now(), lease_token = lease_token + 1
WHERE leased_by = $1 AND due_at IS NOT NULL`;

/** How many are due but not finished, counted up to a bound. $1 bound */
export const countDueSql = `
SELECT count(*)::int AS due FROM (SELECT 1 FROM stage_run WHERE due_at <= now() + interval '1 second' LIMIT $1) bounded`;
