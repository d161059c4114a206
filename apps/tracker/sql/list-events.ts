import type { ClientBase } from 'pg';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { liveGeneration } from './live-generation.js';

/** The latest events of an onboarding, newest first; `before` is where the last page ended. */
export async function listEvents(
  client: ClientBase,
  filter: {
    readonly onboardingId: string;
    readonly before?: { readonly at: string; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<OnboardingEvent[]> {
  const { rows } = await client.query<{ content: OnboardingEvent }>(
    `SELECT content FROM event
     WHERE generation = ${liveGeneration} AND onboarding_id = $1
       AND ($2::timestamptz IS NULL OR (at, event_id) < ($2::timestamptz, $3::text))
     ORDER BY at DESC, event_id DESC LIMIT $4`,
    [filter.onboardingId, filter.before?.at ?? null, filter.before?.id ?? null, filter.limit],
  );
  return rows.map(({ content }) => content);
}

/** The command and what was said to it. */
export async function eventsOfCommand(client: ClientBase, commandId: string): Promise<OnboardingEvent[]> {
  const { rows } = await client.query<{ content: OnboardingEvent }>(
    `SELECT content FROM event WHERE generation = ${liveGeneration} AND command_id = $1
     ORDER BY at, event_id LIMIT 100`,
    [commandId],
  );
  return rows.map(({ content }) => content);
}
