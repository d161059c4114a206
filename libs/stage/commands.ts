import type { Command } from '#contracts/commands.js';
import type { CommandAnswerCode } from '#contracts/reason-codes.js';
import type { OpenStep } from './open-step.js';
import type { RunState } from './run.js';

/** What a command finds: the part of a run that decides. */
export interface CommandSubject {
  readonly state: RunState;
  readonly openStep: OpenStep | null;
  /** A lost call may still be under way. */
  readonly isSettling: boolean;
  /** After a restored backup: a step without a record may have been called with what was sent then. */
  readonly mayHaveForgotten: boolean;
  /** After a restored backup: the stage's good end is told, and only its last steps are done again. */
  readonly hasToldEnd: boolean;
}

/** What this stage knows of its own. */
export interface CommandRules {
  readonly signals: readonly string[];
  /** Its good end is the journey's. */
  readonly endsJourney: boolean;
  readonly isCorrectable: (pointer: string) => boolean;
}

/**
 * What a command means here and now. `leave`: another stage's business, or not possible to answer; nothing is said.
 * `later`: apply it again when the open intent has settled.
 */
export type CommandDecision =
  | { readonly do: 'leave' }
  | { readonly do: 'later' }
  | { readonly do: 'refuse'; readonly code: CommandAnswerCode }
  | {
      readonly do:
        | 'replay'
        | 'replay-silently'
        | 'pause'
        | 'resume'
        | 'cancel'
        | 'erase'
        | 'wake'
        | 'correct'
        | 'resolve';
    }
  | { readonly do: 'signal'; readonly isAnswered: boolean };

const leave: CommandDecision = { do: 'leave' };
const refuse = (code: CommandAnswerCode): CommandDecision => ({ do: 'refuse', code });

/** Pure: the whole of what commands may do to an onboarding in a stage. */
export function decideCommand(
  subject: CommandSubject,
  command: Command,
  rules: CommandRules,
): CommandDecision {
  return subject.hasToldEnd ? decideTold(subject, command, rules) : decide(subject, command, rules);
}

/** What was told stays so, also while it is done again; there a human may only have what is parked replayed. */
function decideTold(subject: CommandSubject, command: Command, rules: CommandRules): CommandDecision {
  if (command.command !== 'replay' || subject.state !== 'parked')
    return decide(withState(subject, rules.endsJourney ? 'ended' : 'passed'), command, rules);
  // Where it has gone on, the next stage answers.
  return { do: rules.endsJourney ? 'replay' : 'replay-silently' };
}

/** By name: a run's are getters, which a spread leaves out. */
function withState(subject: CommandSubject, state: RunState): CommandSubject {
  const { openStep, isSettling, mayHaveForgotten, hasToldEnd } = subject;
  return { state, openStep, isSettling, mayHaveForgotten, hasToldEnd };
}

function decide(subject: CommandSubject, command: Command, rules: CommandRules): CommandDecision {
  // The onboarding has gone on to the next stage, which gets the same command and answers it.
  if (subject.state === 'passed') return leave;
  if (command.command === 'erase') return subject.isSettling ? { do: 'later' } : { do: 'erase' };
  if (command.command === 'look-again') return subject.state === 'ended' ? leave : { do: 'wake' };
  if (command.command === 'evidence' || command.command === 'approve')
    return decideSignal(subject, command, rules);
  if (subject.state === 'ended') return refuse('already_ended');
  return decideOperation(subject, command, rules);
}

function decideSignal({ state }: CommandSubject, command: Command, rules: CommandRules): CommandDecision {
  const isAnswered = command.command === 'approve';
  if (state === 'ended') return isAnswered ? refuse('already_ended') : leave;
  if (rules.signals.includes(signalKind(command))) return { do: 'signal', isAnswered };
  return isAnswered ? refuse('not_waiting') : leave;
}

/** The name under which a handler asks for it. */
export function signalKind(command: Command): string {
  return command.command === 'evidence' ? command.kind : command.command;
}

function decideOperation(subject: CommandSubject, command: Command, rules: CommandRules): CommandDecision {
  const isParked = subject.state === 'parked';
  switch (command.command) {
    case 'cancel':
      return { do: 'cancel' };
    case 'pause':
      return isParked ? refuse('already_parked') : { do: 'pause' };
    case 'resume':
      return subject.state === 'paused' ? { do: 'resume' } : refuse('not_paused');
    case 'replay':
    case 'correct':
      return isParked ? decideReplay(subject, command, rules) : refuse('not_parked');
    case 'resolve':
      return decideResolve(subject, command.step);
    default:
      return leave;
  }
}

function decideReplay(
  { openStep, mayHaveForgotten }: CommandSubject,
  command: Command & { command: 'replay' | 'correct' },
  rules: CommandRules,
): CommandDecision {
  if (command.command === 'replay') return { do: 'replay' };
  // What may have happened is looked for by what was sent: with another value it would not be found, and be done again.
  if (mayHaveHappened(openStep) || (mayHaveForgotten && !isLookedUp(openStep)))
    return refuse('step_in_doubt');
  return rules.isCorrectable(command.pointer) ? { do: 'correct' } : refuse('correction_refused');
}

function decideResolve({ state, openStep }: CommandSubject, step: string): CommandDecision {
  if (state !== 'parked' || openStep?.state !== 'intent') return refuse('not_in_doubt');
  return openStep.name === step ? { do: 'resolve' } : refuse('unknown_step');
}

function mayHaveHappened(openStep: OpenStep | null): boolean {
  return openStep?.state === 'intent' || openStep?.isRepeat === true;
}

/** It was called, and surely in vain, since the backup was restored. */
function isLookedUp(openStep: OpenStep | null): boolean {
  return openStep?.state === 'retry' && openStep.name !== 'handler';
}
