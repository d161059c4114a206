import { grouped } from '../grouped.js';
import type { Finding } from '../seen.js';
import type { SeenEvent, Story } from '../story.js';
import { nameOf } from './ends.js';

/** One id per event; copies are byte for byte the same; the sequence of a stage has no gap, no twin, and no way back. */
export function judgeEventIds(events: readonly SeenEvent[], stories: readonly Story[]): Finding[] {
  return [...unlikeCopies(events), ...stories.flatMap(sequences), ...disorder(events)];
}

/**
 * What a stage says of a record (refusal, dead letter) is made anew when the record is read again: it has the same id, but
 * tells when, and is sealed anew. What has a sequence is told once and copied.
 */
function unlikeCopies(events: readonly SeenEvent[]): Finding[] {
  const firsts = new Map<string, SeenEvent>();
  return events.flatMap((event) => {
    const first = firsts.get(event.id);
    if (first === undefined) firsts.set(event.id, event);
    if (first === undefined || isSame(first, event)) return [];
    const sentence = `Event ${event.id} of ${event.subject} is at ${placeOf(first)} and, with another value, at ${placeOf(event)}.`;
    return [{ rule: 'unlike-copies', sentence }];
  });
}

function isSame(first: SeenEvent, other: SeenEvent): boolean {
  if (first.record.topic !== other.record.topic || first.record.key !== other.record.key) return false;
  if (first.sequence === undefined) return first.subject === other.subject && other.sequence === undefined;
  return first.record.value?.equals(other.record.value ?? Buffer.alloc(0)) === true;
}

function sequences(story: Story): Finding[] {
  const stages = grouped(story.events, ({ stage }) => stage);
  return [...stages].flatMap(([stage, events]) => {
    const numbers = events.map(({ sequence = 0 }) => sequence);
    const isGapless = numbers.every((number, index) => number === index + 1);
    if (isGapless) return [];
    const sentence = `${nameOf(story)} has in ${stage} the sequence ${numbers.join(', ')}.`;
    return [{ rule: new Set(numbers).size < numbers.length ? 'sequence-twice' : 'sequence-gap', sentence }];
  });
}

/** Within a topic, where there is an order to see: an onboarding's records lie in one partition. */
function disorder(events: readonly SeenEvent[]): Finding[] {
  const firstCopies = new Map(events.toReversed().map((event) => [event.id, event]));
  const counted = events.filter(
    (event) => event.sequence !== undefined && firstCopies.get(event.id) === event,
  );
  const ways = grouped(counted, ({ record, subject, stage }) => [record.topic, subject, stage].join(' '));
  return [...ways.values()].flatMap((way) =>
    way.slice(1).flatMap((event, index) => {
      const before = way[index] ?? event;
      if (numberOf(before) <= numberOf(event)) return [];
      const told = `event ${numberOf(before)} at ${placeOf(before)}`;
      const sentence = `Event ${numberOf(event)} of ${event.stage} of ${event.subject} comes at ${placeOf(event)}, after ${told}.`;
      return [{ rule: 'disorder', sentence }];
    }),
  );
}

function numberOf({ sequence = 0 }: SeenEvent): number {
  return sequence;
}

function placeOf({ record: { topic, partition, offset } }: SeenEvent): string {
  return `${topic}/${partition}/${offset}`;
}
