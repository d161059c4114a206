/**
 * Stores what a fetch brought, before its offsets move, in one statement: new onboardings (a known one is a duplicate),
 * commands (likewise), events for the outbox (dead letters, refusals), and how far each partition is stored with it. Answers
 * with the new onboardings. A command to one that this stage has passed on is the next one's business: it counts as applied
 * and wakes nobody.
 *
 * Those to be started at once are leased by `$4` for `$5` ms; the others are due now. What was found out about one after a
 * restored backup holds; such a one is not answered with, for more is to be known of it than its event.
 * $1 `runs`, $2 `commands`, $3 `events`, $6 `offsets`: each a JSON array
 */
export const storeBatchSql = `
WITH inserted AS (
  INSERT INTO stage_run (onboarding_id, tenant_id, applicant_kind, event, traceparent, due_at, leased_by, lease_token,
    state, sequence, told_end, answered, results, look_first_since, has_commands)
  SELECT i.onboarding_id, i.tenant_id, i.applicant_kind, i.event, i.traceparent,
         CASE WHEN x.state <> 'active' THEN NULL
              WHEN i.is_started AND x.state IS NULL THEN now() + $5::float8 * interval '1 millisecond'
              ELSE now() END,
         CASE WHEN i.is_started AND x.state IS NULL THEN $4 END,
         CASE WHEN i.is_started AND x.state IS NULL THEN 1 ELSE 0 END,
         coalesce(x.state, 'active'), coalesce(x.sequence, 0), x.told_end, coalesce(x.answered, '[]'),
         coalesce(x.results, '{}'), x.look_first_since,
         EXISTS (SELECT 1 FROM command c WHERE c.onboarding_id = i.onboarding_id AND c.applied_at IS NULL)
  FROM jsonb_to_recordset($1::jsonb) AS i(
    onboarding_id uuid, tenant_id text, applicant_kind text, event jsonb, traceparent text, is_started boolean)
  LEFT JOIN restored_run x ON x.onboarding_id = i.onboarding_id
  ON CONFLICT (onboarding_id) DO NOTHING
  RETURNING onboarding_id, has_commands, look_first_since
), remembered AS (
  INSERT INTO command (command_id, onboarding_id, command, occurred_at, applied_at)
  SELECT c.command_id, c.onboarding_id, c.command, c.occurred_at,
         (SELECT now() FROM stage_run p WHERE p.onboarding_id = c.onboarding_id AND p.state = 'passed')
  FROM ROWS FROM (
    jsonb_to_recordset($2::jsonb) AS (command_id uuid, onboarding_id uuid, command jsonb, occurred_at timestamptz)
  ) WITH ORDINALITY AS c(command_id, onboarding_id, command, occurred_at, ordinality)
  ORDER BY c.ordinality
  ON CONFLICT (command_id) DO NOTHING
  RETURNING onboarding_id, applied_at
), announced AS (
  UPDATE stage_run SET has_commands = true, due_at = CASE WHEN leased_by IS NULL THEN least(due_at, now()) ELSE due_at END
  WHERE onboarding_id IN (
    SELECT s.onboarding_id FROM stage_run s
    WHERE s.onboarding_id IN (SELECT onboarding_id FROM remembered WHERE applied_at IS NULL)
    FOR UPDATE SKIP LOCKED)
), emitted AS (
  INSERT INTO outbox (event_id, onboarding_id, topic, value, headers, claimed_until)
  SELECT e.event_id, e.onboarding_id, e.topic, e.value, e.headers, now() + interval '20 seconds'
  FROM jsonb_to_recordset($3::jsonb) AS e(event_id uuid, onboarding_id uuid, topic text, value text, headers jsonb)
  ON CONFLICT (event_id) DO NOTHING
), noted AS (
  INSERT INTO stored_offset (topic, partition, next_offset)
  SELECT o.topic, o.partition, o.next_offset
  FROM jsonb_to_recordset($6::jsonb) AS o(topic text, partition int, next_offset bigint)
  ORDER BY o.topic, o.partition
  ON CONFLICT (topic, partition) DO UPDATE SET next_offset = greatest(stored_offset.next_offset, excluded.next_offset)
)
SELECT onboarding_id AS "onboardingId", has_commands AS "hasCommands", now() AS "databaseNow" FROM inserted
WHERE look_first_since IS NULL`;

/**
 * A command may be stored in the moment in which its onboarding arrives, neither seeing the other, or while somebody has its row
 * locked: found here, some seconds later; likewise where one waits for a row that nobody would look at again.
 */
export const announceMissedCommandsSql = `
UPDATE stage_run r SET
  has_commands = true, due_at = CASE WHEN r.leased_by IS NULL THEN least(r.due_at, now()) ELSE r.due_at END
WHERE r.onboarding_id IN (
  SELECT s.onboarding_id FROM stage_run s JOIN command c ON c.onboarding_id = s.onboarding_id
  WHERE c.applied_at IS NULL AND (NOT s.has_commands OR (s.due_at IS NULL AND s.leased_by IS NULL)) FOR UPDATE OF s SKIP LOCKED)`;
