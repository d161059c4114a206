import type { Answered, Parked } from '#contracts/events.js';
import type { SeenEvent, Story } from './story.js';

/** How an onboarding stands, by its events alone. `open`: it has no end, and nobody is told to do something about it. */
export interface Standing {
  readonly state: 'activated' | 'rejected' | 'cancelled' | 'parked' | 'paused' | 'open';
  readonly stage: string;
  readonly code?: string;
  readonly step?: string;
  readonly isInDoubt?: boolean;
  readonly isErased: boolean;
}

const endOf: Readonly<Record<string, 'activated' | 'rejected' | 'cancelled'>> = {
  'onboarding.activated.v1': 'activated',
  'onboarding.rejected.v1': 'rejected',
  'onboarding.cancelled.v1': 'cancelled',
};

/** The events that end an onboarding: there may be one. */
export function endsOf({ events }: Story): SeenEvent[] {
  return events.filter(({ type }) => type in endOf);
}

/** Reads a story to its end, or to where it stopped. */
export function standingOf(story: Story): Standing {
  const isErased = story.events.some(({ type }) => type === 'onboarding.erased.v1');
  const [end] = endsOf(story);
  if (end !== undefined) return { ...ended(end), isErased };
  const last = story.events.filter(isTelling).at(-1);
  const stage = last?.stage ?? 'registration';
  if (last?.type === 'onboarding.parked.v1') return { ...parked(last), isErased };
  const isPaused = isAnswer(last) && answerOf(last).command === 'pause';
  return { state: isPaused ? 'paused' : 'open', stage, isErased };
}

function ended({ type, stage, data }: SeenEvent): Omit<Standing, 'isErased'> {
  const { code } = data as { code?: string };
  return { state: endOf[type] ?? 'open', stage, ...(code === undefined ? {} : { code }) };
}

function parked({ stage, data }: SeenEvent): Omit<Standing, 'isErased'> {
  const { code, step, isInDoubt } = data as unknown as Parked;
  return { state: 'parked', stage, code, isInDoubt, ...(step === undefined ? {} : { step }) };
}

/** In the sentence of a finding. */
export function tellStanding({ state, stage, code, step }: Standing): string {
  return [state, `in ${stage}`, ...(step ? [`at ${step}`] : []), ...(code ? [`(${code})`] : [])].join(' ');
}

/** A refused command changes nothing, an approval only what the stage does next. */
export function isTelling(event: SeenEvent): boolean {
  if (!isAnswer(event)) return true;
  const { outcome, command } = answerOf(event);
  return outcome === 'applied' && command !== 'approve';
}

function isAnswer(event: SeenEvent | undefined): event is SeenEvent {
  return event?.type === 'onboarding.answered.v1';
}

function answerOf({ data }: SeenEvent): Answered {
  return data as unknown as Answered;
}
