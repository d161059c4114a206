/**
 * Takes the oldest events whose owner has not published them in time, and with each all events of its onboarding, whoever
 * has taken them: an event must not be published while an earlier one may still lie with somebody who has died. One sweeper
 * at a time, so that each gets all of an onboarding; a row that is locked is being removed. $1 limit of the overdue ones
 */
export const claimOutboxSql = `
WITH turn AS MATERIALIZED (
  SELECT pg_try_advisory_xact_lock(hashtext('outbox'), hashtext(current_schema())) AS is_ours
), overdue AS MATERIALIZED (
  SELECT onboarding_id FROM outbox WHERE claimed_until < now() ORDER BY position LIMIT $1
)
UPDATE outbox SET claimed_until = now() + interval '30 seconds'
WHERE (SELECT is_ours FROM turn) AND event_id IN (
  SELECT event_id FROM outbox WHERE onboarding_id IN (SELECT onboarding_id FROM overdue)
  FOR UPDATE SKIP LOCKED)
RETURNING event_id AS "eventId", onboarding_id AS "onboardingId", topic, value, headers, position`;

/** What former owners of these onboardings have left. $1 onboarding ids */
export const leftInOutboxSql = `
SELECT event_id AS "eventId", onboarding_id AS "onboardingId", topic, value, headers
FROM outbox WHERE onboarding_id = ANY($1::uuid[]) ORDER BY position`;

/** Removes what Kafka has acknowledged. $1 event ids */
export const removePublishedSql = `DELETE FROM outbox WHERE event_id = ANY($1::uuid[])`;
