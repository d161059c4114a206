import { onboardingCommand } from '#contracts/commands.js';
import type { ApplicantKind, Contract } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import {
  onboardingActivated,
  onboardingAnswered,
  onboardingAttempt,
  onboardingCancelled,
  onboardingErased,
  onboardingParked,
  onboardingRefused,
  onboardingRejected,
  type Answered,
  type Attempt,
  type Refused,
} from '#contracts/events.js';
import { journey } from '#contracts/journey.js';
import { onboardingRequested } from '#contracts/requested.js';
import type { End, Intake, Mark, Progress, Registers } from './registers.js';

/** More repeats of one request id than this are not told apart. */
const intakesMax = 16;

/**
 * Folds one event into the registers; gives the same object where nothing changes. Pure, commutative and idempotent: the
 * same events in any order, however often, end in the same registers. Of the intake nothing but its being seen counts.
 */
export function decide(registers: Registers, event: OnboardingEvent): Registers {
  // A command only asks; what it did is told by the answer. One that was refused did nothing.
  if (is(event, onboardingCommand) || isRefusedCommand(event)) return registers;
  const dated = set(registers, 'firstAt', smaller(registers.firstAt, event.time));
  if (is(event, onboardingRequested)) return seen(dated, event);
  if (is(event, onboardingRefused)) return refused(dated, event);
  return staged(dated, event);
}

/** Narrows an event, whose data were validated against the contract of its type. */
export function is<Data>(event: OnboardingEvent, contract: Contract<Data>): event is OnboardingEvent<Data> {
  return event.type === contract.type;
}

/** Orders by stage of the journey, then by `sequence`; time and id only where these are the same. */
export function compareMarks(a: Mark, b: Mark): number {
  return (
    a.order - b.order || a.sequence - b.sequence || compareText(a.at, b.at) || compareText(a.event, b.event)
  );
}

/** Where in the journey the event happened. */
export function markOf(event: OnboardingEvent): Mark {
  const stages: readonly string[] = journey[event.applicantKind];
  return {
    at: event.time,
    stage: event.stage,
    order: stages.indexOf(event.stage),
    sequence: event.sequence ?? 0,
    event: event.id,
  };
}

function seen(registers: Registers, event: OnboardingEvent): Registers {
  const asked = set(registers, 'requestedAt', smaller(registers.requestedAt, event.time));
  const next = set(asked, 'askedAs', greater(asked.askedAs, event.applicantKind));
  return withIntake(next, (intake) => ({ ...intake, seen: smallest(intake.seen, event.id) }));
}

/** A refusal ends nothing: it only tells which of the requests that were seen is none. */
function refused(registers: Registers, event: OnboardingEvent<Refused>): Registers {
  const next = set(registers, 'askedAs', greater(registers.askedAs, event.applicantKind));
  return withIntake(next, (intake) => ({
    ...intake,
    refused: smallest(intake.refused, event.causationId ?? event.id),
    code: smaller(intake.code, event.data.code),
  }));
}

/** What came in matters until a stage has worked on it: then it was admitted, whatever else was refused. */
function withIntake(registers: Registers, change: (intake: Intake) => Intake): Registers {
  if (registers.isStaged) return registers;
  const intake = registers.intake ?? { seen: [], refused: [] };
  const next = change(intake);
  const isSame = next.seen === intake.seen && next.refused === intake.refused && next.code === intake.code;
  return isSame ? registers : { ...registers, intake: next };
}

function staged(registers: Registers, event: OnboardingEvent): Registers {
  const next = withSubject(registers, event);
  const end = endOf(event);
  if (end !== undefined) return set(next, 'end', latest(next.end, { ...markOf(event), ...end }));
  if (is(event, onboardingErased)) return set(next, 'erasedAt', smaller(next.erasedAt, event.time));
  if (is(event, onboardingAnswered)) return answered(next, event);
  return set(next, 'progress', latest(next.progress, { ...markOf(event), ...progressOf(event) }));
}

function withSubject(registers: Registers, event: OnboardingEvent): Registers {
  const { intake: _settled, ...rest } = registers;
  const start = registers.isStaged ? registers : { ...rest, isStaged: true as const };
  const known = set(start, 'kind', greater<ApplicantKind>(start.kind, event.applicantKind));
  const next = event.replayOf === undefined ? known : set(known, 'isReplayed', true);
  const { customerId } = event.data as { customerId?: string };
  return customerId === undefined ? next : set(next, 'customerId', smaller(next.customerId, customerId));
}

function isRefusedCommand(event: OnboardingEvent): boolean {
  return is(event, onboardingAnswered) && event.data.outcome === 'refused';
}

/** What was applied moves something; what it led to has events of its own. */
function answered(registers: Registers, event: OnboardingEvent<Answered>): Registers {
  const { command } = event.data;
  const mark = markOf(event);
  if (command === 'pause' || command === 'resume')
    return set(registers, 'pause', latest(registers.pause, { ...mark, isPaused: command === 'pause' }));
  if (!['replay', 'correct', 'resolve'].includes(command)) return registers;
  const progress = latest(registers.progress, { ...mark, state: 'in_progress', stands: event.stage });
  return set(set(registers, 'isReplayed', true), 'progress', progress);
}

function endOf(event: OnboardingEvent): End | undefined {
  if (is(event, onboardingActivated)) return { state: 'activated' };
  if (is(event, onboardingCancelled)) return { state: 'cancelled', code: 'cancelled_by_command' };
  if (!is(event, onboardingRejected)) return undefined;
  const { code, step, errors } = event.data;
  return { state: 'rejected', code, ...(step === undefined ? {} : { step }), ...(errors ? { errors } : {}) };
}

/** What is no attempt and no parking is the fact that ends a stage well: the onboarding stands at the next one. */
function progressOf(event: OnboardingEvent): Progress {
  if (is(event, onboardingAttempt)) return attempted(event.stage, event.data);
  if (is(event, onboardingParked)) {
    const { code, step, isInDoubt, attempts, lastAnswer } = event.data;
    return {
      state: 'parked',
      stands: event.stage,
      code,
      isInDoubt,
      attempts,
      ...(step === undefined ? {} : { step }),
      ...(lastAnswer === undefined ? {} : { lastAnswer }),
    };
  }
  const stages: readonly string[] = journey[event.applicantKind];
  return { state: 'in_progress', stands: stages[stages.indexOf(event.stage) + 1] ?? event.stage };
}

function attempted(stage: string, data: Attempt): Progress {
  return {
    state: data.kind === 'waiting' ? 'waiting' : 'in_progress',
    stands: stage,
    code: data.code,
    step: data.step,
    attempts: data.attempt,
    ...(data.nextAt === undefined ? {} : { nextAt: data.nextAt }),
    ...(data.deadlineAt === undefined ? {} : { deadlineAt: data.deadlineAt }),
  };
}

function latest<Register extends Mark>(held: Register | undefined, shown: Register): Register {
  return held === undefined || compareMarks(shown, held) > 0 ? shown : held;
}

/** Keeps the smallest ids: a bound under which the order of arrival still plays no part. */
function smallest(ids: readonly string[], id: string): readonly string[] {
  if (ids.includes(id)) return ids;
  const next = [...ids, id].sort().slice(0, intakesMax);
  return next.includes(id) ? next : ids;
}

function smaller<Text extends string>(held: Text | undefined, shown: Text): Text {
  return held === undefined || shown < held ? shown : held;
}

function greater<Text extends string>(held: Text | undefined, shown: Text): Text {
  return held === undefined || shown > held ? shown : held;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Keeps the object where the value stays, so that a caller sees by `===` that nothing changed. */
function set<Name extends keyof Registers>(
  registers: Registers,
  name: Name,
  value: NonNullable<Registers[Name]>,
): Registers {
  return registers[name] === value ? registers : { ...registers, [name]: value };
}
