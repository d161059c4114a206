import type { LastAnswer } from '#contracts/events.js';

/** The one step that has begun and has no result: a run's steps come one after the other. Times are the database's. */
export interface OpenStep {
  readonly name: string;
  /** `intent`: the call may have happened. `retry`: it surely has not. `polling`: it said "not yet". */
  readonly state: 'intent' | 'retry' | 'polling';
  /** Calls made; of a poll, looks that said "not yet". */
  readonly tries: number;
  /** First try; ISO 8601. Moved on by the time for which the step was held back. */
  readonly sinceAt: string;
  readonly intentId?: string | undefined;
  /** The call is a repeat of one whose answer was lost: a refusal then says nothing. */
  readonly isRepeat?: boolean | undefined;
  readonly unread?: Unread | undefined;
  /** Failures that are not the step's own call's: a look that failed, a handler that threw. */
  readonly faults?: number | undefined;
  /** The first of them. */
  readonly faultsSinceAt?: string | undefined;
  /** Tries and faults of a time when it failed for everybody: they count for nothing. */
  readonly spared?: number | undefined;
  /** The other side has asked for no call before then (`Retry-After`), whatever wakes the run earlier. */
  readonly notBeforeAt?: string | undefined;
  /** Since when `find` says `unknown`. */
  readonly unknownSinceAt?: string | undefined;
  /** When a poll gives up. */
  readonly deadlineAt?: string | undefined;
  /** What was answered last, for whoever looks at it when it is parked. */
  readonly lastAnswer?: LastAnswer | undefined;
}

/** How often the look-up of a lost call has failed since one could be read, and since when. */
export interface Unread {
  readonly times: number;
  readonly sinceAt: string;
}

/** What counts against the bounds of retries. A poll may look for days: only looks that failed count, from the first on. */
export function failuresOf(step: OpenStep): { readonly tries: number; readonly sinceAt: string } {
  const { state, tries, spared = 0, faults = 0, sinceAt, faultsSinceAt = sinceAt } = step;
  return state === 'polling'
    ? { tries: faults - spared, sinceAt: faultsSinceAt }
    : { tries: tries - spared + faults, sinceAt };
}

/** One more look-up that could not be read. */
export function withUnread(step: OpenStep, now: Date): OpenStep & { readonly unread: Unread } {
  const { times = 0, sinceAt = now.toISOString() } = step.unread ?? {};
  return { ...step, unread: { times: times + 1, sinceAt } };
}

/** One more failure that is not the step's own call's. */
export function withFault(step: OpenStep, now: Date): OpenStep {
  const { faults = 0, faultsSinceAt = now.toISOString() } = step;
  return { ...step, faults: faults + 1, faultsSinceAt };
}

/** The last failure is nobody's fault: neither it nor the time that goes with it counts. A look-up is no try in the first place. */
export function spared(step: OpenStep, ms: number): OpenStep {
  const later = putOff(step, ms);
  return step.unread === undefined ? { ...later, spared: (step.spared ?? 0) + 1 } : later;
}

/** Held back for a time that counts neither against the retries nor against a poll's deadline. */
export function putOff(step: OpenStep, ms: number): OpenStep {
  const later = (at: string) => new Date(Date.parse(at) + ms).toISOString();
  const { sinceAt, faultsSinceAt, deadlineAt, unread } = step;
  return {
    ...step,
    sinceAt: later(sinceAt),
    ...(faultsSinceAt === undefined ? {} : { faultsSinceAt: later(faultsSinceAt) }),
    ...(unread === undefined ? {} : { unread: { ...unread, sinceAt: later(unread.sinceAt) } }),
    ...(deadlineAt === undefined ? {} : { deadlineAt: later(deadlineAt) }),
  };
}
