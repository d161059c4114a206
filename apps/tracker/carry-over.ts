import type { OnboardingEvent } from '#contracts/envelope.js';
import type { Pool } from 'pg';
import { asTenant, everyTenant } from './database.js';
import type { LogRange } from './log-ranges.js';
import type { Projection } from './projection.js';
import type { StoredEvent } from './stored.js';

const eventsMax = 1_000;

const forgottenEvents = `
  SELECT e.onboarding_id AS "onboardingId", e.event_id AS "eventId", e.topic, e."partition"::int, e."offset", e.content
  FROM event e
  JOIN unnest($1::text[], $2::int[], $3::bigint[]) AS log (topic, "partition", low)
    ON e.topic = log.topic AND e."partition" = log."partition" AND e."offset" < log.low
  WHERE e.generation = $4 AND (e.onboarding_id, e.event_id) > ($6::uuid, $7::text) AND NOT EXISTS (
    SELECT FROM event n
    WHERE n.generation = $5 AND n.onboarding_id = e.onboarding_id AND n.event_id = e.event_id)
  ORDER BY e.onboarding_id, e.event_id LIMIT ${eventsMax}
`;

const forgottenDeadLetters = `
  INSERT INTO dead_letter
  SELECT $5::int, id, at, d.topic, d."partition", d."offset", consumer, reason, bytes, sealed FROM dead_letter d
  JOIN unnest($1::text[], $2::int[], $3::bigint[]) AS log (topic, "partition", low)
    ON d.topic = log.topic AND d."partition" = log."partition" AND d."offset" ~ '^[0-9]{1,18}$'
      AND CASE WHEN d."offset" ~ '^[0-9]{1,18}$' THEN d."offset"::bigint < log.low END
  WHERE d.generation = $4
  ON CONFLICT DO NOTHING
`;

type Row = Omit<StoredEvent, 'event' | 'content'> & {
  readonly onboardingId: string;
  readonly eventId: string;
  readonly content: OnboardingEvent;
};

/**
 * Gives the new generation what the topics no longer hold: retention has taken the records (an onboarding may be parked for
 * longer than facts are kept), the live generation has kept the events. They are folded as if they had been read.
 */
export async function carryOver(
  parts: { readonly pool: Pool; readonly projection: Projection },
  between: { readonly live: number; readonly building: number; readonly ranges: readonly LogRange[] },
): Promise<void> {
  const shortened = between.ranges.filter(({ low }) => low !== '0');
  if (shortened.length === 0) return;
  const logs = [
    shortened.map(({ topic }) => topic),
    shortened.map(({ partition }) => partition),
    shortened.map(({ low }) => low),
    between.live,
    between.building,
  ];
  let last: readonly [string, string] | undefined = ['00000000-0000-0000-0000-000000000000', ''];
  while (last !== undefined) {
    const after: readonly [string, string] = last;
    const rows = await asTenant(parts.pool, everyTenant, async (client) => {
      return (await client.query<Row>(forgottenEvents, [...logs, ...after])).rows;
    });
    await parts.projection.carryOver(between.building, rows.map(toStoredEvent));
    const end = rows.at(-1);
    last = end === undefined ? undefined : [end.onboardingId, end.eventId];
  }
  await asTenant(parts.pool, everyTenant, (client) => client.query(forgottenDeadLetters, logs));
}

function toStoredEvent({ content, topic, partition, offset }: Row): StoredEvent {
  return { event: content, content: JSON.stringify(content), topic, partition, offset };
}
