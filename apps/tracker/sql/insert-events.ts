import type { ClientBase } from 'pg';
import type { StoredEvent } from '../stored.js';

const statement = `
  INSERT INTO event (generation, onboarding_id, event_id, tenant_id, topic, at, command_id, "partition", "offset", content)
  SELECT $1::int, onboarding_id, event_id, content ->> 'tenantId', topic, (content ->> 'time')::timestamptz,
    command_id, "partition", "offset", content
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::bigint[], $8::jsonb[])
    AS told (onboarding_id, event_id, topic, command_id, "partition", "offset", content)
  ORDER BY onboarding_id, event_id
  ON CONFLICT DO NOTHING
`;

/** Keeps events, each id once; in one order, so that two processes with the same events do not wait crosswise. */
export async function insertEvents(
  client: ClientBase,
  generation: number,
  events: readonly StoredEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await client.query({
    name: 'insert-events',
    text: statement,
    values: [
      generation,
      events.map(({ event }) => event.onboardingId),
      events.map(({ event }) => event.id),
      events.map(({ topic }) => topic),
      events.map(({ event }) => commandOf(event.data)),
      events.map(({ partition }) => partition),
      events.map(({ offset }) => offset),
      events.map(({ content }) => content),
    ],
  });
}

/** Commands and what answers them name the command. */
function commandOf(data: unknown): string | null {
  return (data as { commandId?: string }).commandId ?? null;
}
