import type { ApplicantKind } from '#contracts/contract.js';
import type { LastAnswer, RuleError } from '#contracts/events.js';
import { journey } from '#contracts/journey.js';
import type { Registers } from './registers.js';

/** The states of `onboarding.state.v1`, and `refused`: requests were seen under this id, and none was admitted. */
export const trackedStates = [
  'admitted',
  'in_progress',
  'waiting',
  'parked',
  'paused',
  'activated',
  'rejected',
  'cancelled',
  'erased',
  'refused',
] as const;

export type TrackedState = (typeof trackedStates)[number];

/** Where an onboarding stands, in the words of the API. */
export interface Standing {
  readonly applicantKind: ApplicantKind;
  readonly state: TrackedState;
  /** The stage that has it, or where it ended. */
  readonly stage: string;
  readonly code?: string;
  readonly step?: string;
  readonly isInDoubt?: boolean;
  readonly customerId?: string;
  readonly requestedAt: string;
  /** Since when it is in this state. */
  readonly since: string;
  readonly endedAt?: string;
  /** Tries of the step that it is at. */
  readonly attempts: number;
  /** What the stage does next by itself, and until when. */
  readonly due?: { readonly step: string; readonly nextAt?: string; readonly deadlineAt?: string };
  readonly lastAnswer?: LastAnswer;
  readonly errors?: readonly RuleError[];
  readonly isReplayed: boolean;
}

/**
 * Reads the registers. What is erased stays erased, what has ended stays ended, whatever comes late; a pause holds while
 * the stage that was paused has the onboarding.
 */
export function standingOf(registers: Registers): Standing {
  const { customerId, end, isReplayed = false } = registers;
  const applicantKind = registers.kind ?? registers.askedAs ?? 'individual';
  const stage = stageOf(registers, applicantKind);
  return {
    applicantKind,
    stage,
    attempts: 0,
    ...situationOf(registers, stage),
    ...defined({ customerId, endedAt: end?.at }),
    requestedAt: requestedAtOf(registers),
    isReplayed,
  };
}

function stageOf({ end, progress }: Registers, kind: ApplicantKind): string {
  return end?.stage ?? progress?.stands ?? journey[kind][0] ?? '';
}

/** The intake keeps its topic for days only: after a rebuild the first event stands in for the request. */
function requestedAtOf({ requestedAt, firstAt = '' }: Registers): string {
  return requestedAt ?? firstAt;
}

const open: readonly TrackedState[] = ['admitted', 'in_progress', 'waiting', 'parked', 'paused'];

/** Whether nothing more is expected: it ended, was erased, or nothing was admitted. Retention counts from there. */
export function isSettled(state: TrackedState): boolean {
  return !open.includes(state);
}

type Situation = Pick<Standing, 'state' | 'since'> & Partial<Standing>;

function situationOf(registers: Registers, stage: string): Situation {
  const { erasedAt, end, pause, progress } = registers;
  if (erasedAt !== undefined) return { state: 'erased', since: erasedAt };
  if (end !== undefined)
    return {
      ...defined({ code: end.code, step: end.step, errors: end.errors }),
      state: end.state,
      since: end.at,
    };
  const isPaused = pause?.isPaused === true && pause.stage === stage;
  if (progress === undefined) return isPaused ? { state: 'paused', since: pause.at } : arrived(registers);
  return { ...moved(progress), ...(isPaused ? { state: 'paused', since: pause.at } : {}) };
}

function moved(progress: NonNullable<Registers['progress']>): Situation {
  const { state, at, code, step, attempts = 0, isInDoubt, lastAnswer, nextAt, deadlineAt } = progress;
  const due =
    step !== undefined && (nextAt ?? deadlineAt) !== undefined
      ? { step, ...defined({ nextAt, deadlineAt }) }
      : undefined;
  return { state, since: at, attempts, ...defined({ code, step, isInDoubt, lastAnswer, due }) };
}

function arrived(registers: Registers): Situation {
  const { intake } = registers;
  const since = requestedAtOf(registers);
  const isRefused = intake !== undefined && intake.seen.every((id) => intake.refused.includes(id));
  return isRefused
    ? { state: 'refused', since, ...defined({ code: intake.code }) }
    : { state: 'admitted', since };
}

/** Leaves out what is undefined: absent properties say so by their absence. */
function defined<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}
