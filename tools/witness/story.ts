import { onboardingCommand } from '#contracts/commands.js';
import { parseEnvelope, type Envelope } from '#contracts/envelope.js';
import { allEvents } from '#contracts/events.js';
import { journey } from '#contracts/journey.js';
import { onboardingState } from '#contracts/operational-topics.js';
import { onboardingRequested } from '#contracts/requested.js';
import { garbageHeader, type AcknowledgedRequest, type Seen, type SeenRecord } from './seen.js';

/** An event as it lies on its topic. */
export interface SeenEvent extends Envelope {
  readonly record: SeenRecord;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is known of one onboarding: what was promised, and what was published. */
export interface Story {
  readonly onboardingId: string;
  readonly request: AcknowledgedRequest | undefined;
  /** The first copy of each event, by stage in the order of the journey, then by sequence. */
  readonly events: readonly SeenEvent[];
}

const eventTopics = new Set(allEvents.map(({ topic }) => topic));
const upstreamTopics = new Set([onboardingRequested.topic, onboardingCommand.topic]);

/** Every copy of every event, in the order of its partition. What cannot be read is left out: the dead letters have it. */
export function eventsOf(records: readonly SeenRecord[]): SeenEvent[] {
  return records.filter(({ topic }) => eventTopics.has(topic)).flatMap(readEvent);
}

/** An event or command, also of a topic that upstreams write to; none where it cannot be read. */
export function readEvent(record: SeenRecord): SeenEvent[] {
  if (!eventTopics.has(record.topic) && !upstreamTopics.has(record.topic)) return [];
  try {
    const envelope = parseEnvelope(record.value);
    return [{ ...envelope, data: envelope.data as Record<string, unknown>, record }];
  } catch {
    return [];
  }
}

/** Every command, whoever gave it. */
export function commandsOf(records: readonly SeenRecord[]): SeenEvent[] {
  return records
    .filter(({ topic, headers }) => topic === onboardingCommand.topic && !(garbageHeader in headers))
    .flatMap(readEvent);
}

/** One story each of what was acknowledged, or is told of by a stage. */
export function storiesOf(seen: Pick<Seen, 'records' | 'requests'>): Story[] {
  const requests = new Map(seen.requests.map((request) => [request.onboardingId, request]));
  const events = new Map<string, Map<string, SeenEvent>>();
  for (const event of eventsOf(seen.records)) {
    if (!isOfStage(event)) continue;
    const own = events.get(event.subject) ?? new Map<string, SeenEvent>();
    events.set(event.subject, own);
    if (!own.has(event.id)) own.set(event.id, event);
  }
  return [...new Set([...requests.keys(), ...events.keys()])].map((onboardingId) => ({
    onboardingId,
    request: requests.get(onboardingId),
    events: [...(events.get(onboardingId)?.values() ?? [])].sort(inOrder),
  }));
}

/** The last word of the state topic per onboarding; null is a tombstone. */
export function statesOf(records: readonly SeenRecord[]): Map<string, string | null> {
  const states = new Map<string, string | null>();
  for (const { topic, key, value } of records) {
    if (topic !== onboardingState.topic || key === null) continue;
    const envelope =
      value === null ? undefined : (JSON.parse(value.toString()) as { data: { state: string } });
    states.set(key, envelope?.data.state ?? null);
  }
  return states;
}

/** Refusals and dead letters have no sequence: they are about a record, not about an onboarding's progress. */
function isOfStage({ stage, sequence }: SeenEvent): boolean {
  return sequence !== undefined && stagesInOrder.includes(stage);
}

const stagesInOrder: readonly string[] = journey.organization;

function inOrder(one: SeenEvent, other: SeenEvent): number {
  const stages = stagesInOrder.indexOf(one.stage) - stagesInOrder.indexOf(other.stage);
  return stages === 0 ? (one.sequence ?? 0) - (other.sequence ?? 0) : stages;
}
