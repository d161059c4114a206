import type { Command } from '#contracts/commands.js';
import type { Cancelled } from '#contracts/events.js';
import type { CommandAnswerCode } from '#contracts/reason-codes.js';
import { decideCommand, signalKind, type CommandDecision } from './commands.js';
import type { Run } from './run.js';
import type { StageOptions } from './stage-options.js';
import type { Signal } from './steps.js';

/** A command as it waits in the stage's memory. */
export interface PendingCommand {
  readonly onboardingId: string;
  readonly command: Command;
  readonly occurredAt: Date;
}

/**
 * Applies the waiting commands to a run, in the order in which they came. Changes the run in memory only: the next write
 * makes it durable, together with the answers and the mark that the commands are applied.
 *
 * True if a command must wait until the open intent has settled.
 */
export async function applyCommands(
  run: Run,
  pending: readonly PendingCommand[],
  options: StageOptions,
): Promise<boolean> {
  for (const { command, occurredAt } of pending) {
    if (run.answered.has(command.commandId)) {
      run.appliedCommands.push(command.commandId);
      continue;
    }
    const decision = decideCommand(run, command, {
      signals: options.signals,
      endsJourney: options.endsJourney,
      isCorrectable: (pointer) =>
        options.isCorrectable(pointer, {
          applicantKind: run.applicantKind,
          finishedSteps: Object.keys(run.results),
        }),
    });
    if (decision.do === 'later') return true;
    // A correction is tried with the next run of the handler: no other command may come between.
    const isTrial = await new CommandApplication(run, command, options).apply(decision, occurredAt);
    if (isTrial) return false;
  }
  return false;
}

class CommandApplication {
  constructor(
    private readonly run: Run,
    private readonly command: Command,
    private readonly options: StageOptions,
  ) {}

  /** True if what follows is a trial. */
  async apply(decision: CommandDecision, occurredAt: Date): Promise<boolean> {
    switch (decision.do) {
      case 'correct':
        return this.tryCorrection();
      case 'resolve':
        return this.resolve();
      case 'erase':
        await this.erase();
        break;
      case 'refuse':
        this.answer('refused', decision.code);
        break;
      case 'signal':
        this.takeSignal(decision.isAnswered, occurredAt);
        break;
      case 'replay-silently':
        this.replay();
        break;
      case 'wake':
      case 'leave':
      case 'later':
        break;
      default:
        this.operate(decision.do);
        this.answer('applied');
    }
    this.run.appliedCommands.push(this.command.commandId);
    return false;
  }

  private takeSignal(isAnswered: boolean, occurredAt: Date): void {
    const { run } = this;
    run.signals = [...run.signals, this.toSignal(occurredAt)];
    if (run.state === 'parked' && run.openStep?.state === 'intent') this.takeUpAgain();
    if (isAnswered) this.answer('applied');
  }

  private operate(operation: 'replay' | 'pause' | 'resume' | 'cancel'): void {
    const { run } = this;
    if (operation === 'cancel') this.cancel();
    if (operation === 'pause') run.state = 'paused';
    if (operation === 'resume') this.takeUpAgain();
    if (operation === 'replay') this.replay();
  }

  private replay(): void {
    this.run.attempt += 1;
    this.run.replayOf = this.command.commandId;
    this.takeUpAgain();
  }

  /** Attempts and deadlines begin anew; what is open stays open. */
  private takeUpAgain(): void {
    const { run } = this;
    run.state = 'active';
    run.parked = null;
    if (run.openStep === null) return;
    const { name, state, intentId, isRepeat, notBeforeAt } = run.openStep;
    run.openStep = {
      name,
      state,
      tries: state === 'intent' ? 1 : 0,
      sinceAt: run.now().toISOString(),
      intentId,
      notBeforeAt,
      ...(isRepeat === true ? { isRepeat } : {}),
    };
  }

  /** What has happened is on trial until the handler has what it needs of it. True if so. */
  private resolve(): boolean {
    const { run, command } = this;
    if (command.command !== 'resolve') return false;
    const { step, result = {} } = command;
    if (command.hasHappened) {
      this.tryOut('result_missing', () => {
        run.forgetStep(step);
      });
      run.finishStep(step, { result, tries: run.openStep?.tries ?? 1, ms: 0 });
      this.replay();
      return true;
    }
    run.openStep = { name: step, state: 'retry', tries: 0, sinceAt: run.now().toISOString() };
    this.replay();
    this.answer('applied');
    run.appliedCommands.push(command.commandId);
    return false;
  }

  private cancel(): void {
    const { by, why } = this.command;
    this.end();
    this.run.unwrittenFacts.push(
      this.options.contracts.cancelled({ by, why, remains: remainsOf(this.run), steps: this.run.summary() }),
    );
  }

  private end(): void {
    this.run.state = 'ended';
    this.run.parked = null;
  }

  /** Cancels what is under way, then has the key destroyed. */
  private async erase(): Promise<void> {
    const { run, command, options } = this;
    const erased = await options.personalData.erase(run.onboardingId);
    if (erased === 'held') {
      this.answer('refused', 'on_hold');
      return;
    }
    if (run.hasToldEnd) this.end();
    else if (run.state !== 'ended') this.cancel();
    const { commandId, by, why } = command;
    run.unwrittenFacts.push(options.contracts.erased({ commandId, by, why, places: [...erased] }));
    this.answer('applied');
  }

  /** True if it is on trial now: the vault may know no such correction, or have no place for it. */
  private async tryCorrection(): Promise<boolean> {
    const { run, command, options } = this;
    if (command.command !== 'correct') return false;
    const { refusedAs } = await options.personalData.acceptCorrection(run.onboardingId, command.correctionId);
    if (refusedAs !== undefined) {
      this.answer('refused', refusedAs);
      run.appliedCommands.push(command.commandId);
      return false;
    }
    this.tryOut('correction_refused', () =>
      options.personalData.revertCorrection(run.onboardingId, command.correctionId),
    );
    this.replay();
    return true;
  }

  /** From here on the run is on trial: confirmed, the command is applied; reverted, it is parked as it was. */
  private tryOut(refusal: CommandAnswerCode, undo: () => void | Promise<void>): void {
    const { run, command } = this;
    const { parked, openStep, attempt, replayOf } = run;
    run.trial = {
      isConfirmed: false,
      confirm: () => {
        this.answer('applied');
        run.appliedCommands.push(command.commandId);
      },
      revert: async (code = refusal) => {
        await undo();
        Object.assign(run, { parked, openStep, attempt, replayOf, state: 'parked' });
        this.answer('refused', code);
        run.appliedCommands.push(command.commandId);
      },
    };
  }

  private answer(outcome: 'applied' | 'refused', code?: string): void {
    const { commandId, command, by, why } = this.command;
    this.run.answered.add(commandId);
    this.run.unwrittenFacts.push(
      this.options.contracts.answered({
        commandId,
        command,
        outcome,
        by,
        why,
        ...(code === undefined ? {} : { code }),
      }),
    );
  }

  private toSignal(occurredAt: Date): Signal {
    const { command } = this;
    const isEvidence = command.command === 'evidence';
    return {
      kind: signalKind(command),
      by: command.by,
      occurredAt: isEvidence ? command.occurredAt : occurredAt.toISOString(),
      ...(isEvidence ? { customerId: command.customerId, verificationId: command.verificationId } : {}),
    };
  }
}

/** What stays behind on the other side: every finished step's result, and the call of which nobody knows. */
function remainsOf(run: Run): Cancelled['remains'] {
  const known = Object.entries(run.results).map(([step, { result }]) => ({
    step,
    isKnown: true,
    ...(isRecord(result) ? { result } : {}),
  }));
  const { openStep } = run;
  // A repeat that surely failed says nothing of the call before it, whose answer was lost.
  const isUnknown = openStep?.state === 'intent' || openStep?.isRepeat === true;
  return isUnknown ? [...known, { step: openStep.name, isKnown: false }] : known;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
