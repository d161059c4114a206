import type { OnboardingEvent } from '#contracts/envelope.js';
import { onboardingRefused, type Refused } from '#contracts/events.js';
import { compareMarks, is, markOf } from './journey.rules.js';

/** One thing that happened: what the event says, under a short name (`registered`, `attempt`, `command`, ...). */
export interface TimelineEntry {
  readonly at: string;
  readonly stage: string;
  readonly sequence?: number;
  readonly what: string;
  /** The command that took it up again, if one did. */
  readonly replayOf?: string;
  readonly [field: string]: unknown;
}

/**
 * The events as a story: what stages did in the order of the journey and of their `sequence`, whatever their clocks say;
 * what has no place in it (requests, commands, refusals) before the first thing that happened later. Of refusals, which may
 * be many and each long, only the newest tells its `errors`.
 */
export function timelineOf(events: readonly OnboardingEvent[]): readonly TimelineEntry[] {
  const inJourney = events.filter(hasPlace).sort((a, b) => compareMarks(markOf(a), markOf(b)));
  const others = events.filter((event) => !hasPlace(event)).sort((a, b) => (a.time < b.time ? -1 : 1));
  const story: OnboardingEvent[] = [];
  for (const event of inJourney) {
    while (others[0] !== undefined && comesBefore(others[0], event))
      story.push(others.shift() as OnboardingEvent);
    story.push(event);
  }
  story.push(...others);
  const newest = story.findLast(isRefusal);
  return story.map((event) => entryOf(isRefusal(event) && event !== newest ? withoutErrors(event) : event));
}

function isRefusal(event: OnboardingEvent): event is OnboardingEvent<Refused> {
  return is(event, onboardingRefused);
}

function withoutErrors(event: OnboardingEvent<Refused>): OnboardingEvent {
  const { errors: _inTheNewest, ...data } = event.data;
  return { ...event, data };
}

function hasPlace(event: OnboardingEvent): boolean {
  return event.sequence !== undefined;
}

/** A command comes before its answer, also where the clocks disagree. */
function comesBefore(other: OnboardingEvent, event: OnboardingEvent): boolean {
  const command = commandOf(other);
  return other.time <= event.time || (command !== undefined && command === commandOf(event));
}

function commandOf(event: OnboardingEvent): string | undefined {
  return (event.data as { commandId?: string }).commandId;
}

function entryOf({ time, stage, sequence, type, replayOf, data }: OnboardingEvent): TimelineEntry {
  return {
    ...(data as object),
    at: time,
    stage,
    ...(sequence === undefined ? {} : { sequence }),
    what: type.split('.')[1] ?? type,
    ...(replayOf === undefined ? {} : { replayOf }),
  };
}
