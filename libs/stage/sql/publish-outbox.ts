/** Takes the oldest events whose owner has not published them in time. $1 limit */
export const claimOutboxSql = `
UPDATE outbox SET claimed_until = now() + interval '30 seconds'
WHERE event_id IN (
  SELECT event_id FROM outbox WHERE claimed_until < now()
  ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING event_id AS "eventId", onboarding_id AS "onboardingId", topic, value, headers, position`;

/** What former owners of these onboardings have left. $1 onboarding ids */
export const leftInOutboxSql = `
SELECT event_id AS "eventId", onboarding_id AS "onboardingId", topic, value, headers
FROM outbox WHERE onboarding_id = ANY($1::uuid[]) ORDER BY position`;

/** Removes what Kafka has acknowledged. $1 event ids */
export const removePublishedSql = `DELETE FROM outbox WHERE event_id = ANY($1::uuid[])`;
