/**
 * The group commit: what many runs have to say, in one statement. A row counts only under its lease's token; the answer
 * has a line for each that counted. Results already recorded win over later ones: the first result of an intent is the
 * truth. Due now while commands wait that nobody has seen.
 *
 * A row that somebody else has locked is not waited for: the answer says so, and the write is to be made again. A write with a lower
 * number than the row's has been made again meanwhile, and something after it: it counts no more.
 *
 * $1 `runs`, $2 `events` for the outbox, $3 applied commands: each a JSON array.
 */
export const writeRunsSql = `
WITH input AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS i(
    onboarding_id uuid, lease_token bigint, write_number bigint, state text, results jsonb, open_step jsonb, settle_ms float8,
    sequence int, attempt int, replay_of text, signals jsonb, parked jsonb, answered jsonb,
    due_ms float8, lease_ms float8, may_commands_wait boolean)
), locked AS MATERIALIZED (
  SELECT r.onboarding_id FROM stage_run r JOIN input i ON r.onboarding_id = i.onboarding_id
    AND r.lease_token = i.lease_token AND r.write_number <= i.write_number
  FOR UPDATE OF r SKIP LOCKED
), applied AS (
  UPDATE command c SET applied_at = now()
  FROM jsonb_to_recordset($3::jsonb) AS a(command_id uuid, onboarding_id uuid)
  JOIN locked l ON l.onboarding_id = a.onboarding_id
  WHERE c.command_id = a.command_id AND c.onboarding_id = a.onboarding_id
), updated AS (
  UPDATE stage_run r SET
    write_number = i.write_number,
    state = i.state,
    results = i.results || r.results,
    open_step = i.open_step,
    intent_at = CASE WHEN i.settle_ms IS NULL OR i.open_step ? 'isRepeat' THEN r.intent_at ELSE now() END,
    settles_at = CASE WHEN i.settle_ms IS NULL THEN r.settles_at
                      ELSE now() + i.settle_ms * interval '1 millisecond' END,
    sequence = i.sequence,
    attempt = i.attempt,
    replay_of = i.replay_of,
    signals = i.signals,
    parked = i.parked,
    answered = i.answered,
    has_commands = pending.has_commands,
    leased_by = CASE WHEN i.lease_ms IS NULL THEN NULL ELSE r.leased_by END,
    due_at = CASE WHEN i.lease_ms IS NOT NULL THEN now() + i.lease_ms * interval '1 millisecond'
                  WHEN pending.has_commands AND NOT i.may_commands_wait THEN now()
                  ELSE now() + i.due_ms * interval '1 millisecond' END,
    updated_at = now()
  FROM input i
  JOIN locked l ON l.onboarding_id = i.onboarding_id
  CROSS JOIN LATERAL (
    SELECT EXISTS (
      SELECT 1 FROM command c
      WHERE c.onboarding_id = i.onboarding_id AND c.applied_at IS NULL
        AND NOT EXISTS (
          SELECT 1 FROM jsonb_to_recordset($3::jsonb) AS a(command_id uuid) WHERE a.command_id = c.command_id)
    ) AS has_commands
  ) pending
  WHERE r.onboarding_id = i.onboarding_id AND r.lease_token = i.lease_token
  RETURNING r.onboarding_id, r.has_commands
), emitted AS (
  INSERT INTO outbox (event_id, onboarding_id, topic, value, headers, claimed_until)
  SELECT e.event_id, e.onboarding_id, e.topic, e.value, e.headers, now() + interval '20 seconds'
  FROM ROWS FROM (
    jsonb_to_recordset($2::jsonb) AS (event_id uuid, onboarding_id uuid, topic text, value text, headers jsonb)
  ) WITH ORDINALITY AS e(event_id, onboarding_id, topic, value, headers, ordinality)
  JOIN updated u ON u.onboarding_id = e.onboarding_id
  ORDER BY e.ordinality
  ON CONFLICT (event_id) DO NOTHING
)
SELECT onboarding_id AS "onboardingId", has_commands AS "hasCommands", false AS "isLocked" FROM updated
UNION ALL
SELECT i.onboarding_id, false, true FROM input i JOIN stage_run r ON r.onboarding_id = i.onboarding_id
  AND r.lease_token = i.lease_token AND r.write_number <= i.write_number
WHERE NOT EXISTS (SELECT FROM locked l WHERE l.onboarding_id = i.onboarding_id)`;
