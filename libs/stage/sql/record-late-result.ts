/**
 * Records the result of an intent whose owner has lost the lease meanwhile. It wins if the step has no result yet and the
 * run has not ended, a lost call's result also where its repeat was refused; the present owner loses the lease, so that nobody acts on an older picture.
 *
 * $1 onboarding id, $2 step, $3 intent id, $4 the result (jsonb)
 */
export const recordLateResultSql = `
UPDATE stage_run SET
  results = results || jsonb_build_object($2::text, $4::jsonb),
  open_step = CASE WHEN open_step ->> 'name' = $2 THEN NULL ELSE open_step END,
  state = CASE WHEN state = 'parked' THEN 'active' ELSE state END,
  parked = NULL,
  lease_token = lease_token + 1,
  leased_by = NULL,
  due_at = CASE WHEN state = 'paused' THEN NULL ELSE now() END,
  updated_at = now()
WHERE onboarding_id = $1
  AND state IN ('active', 'waiting', 'parked', 'paused')
  AND NOT results ? $2
  AND (state <> 'parked' OR open_step ->> 'intentId' = $3
       OR (open_step ->> 'name' = $2 AND open_step ? 'isRepeat'))`;
