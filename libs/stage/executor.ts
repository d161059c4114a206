import type { Logger } from 'pino';
import type { Fact } from '#contracts/contract.js';
import type { Answered } from '#contracts/events.js';
import { isDatabaseAway } from '#platform/database-away.js';
import { withLogContext } from '#platform/log-context.js';
import { describeSpan, withSpan } from '#platform/tracing.js';
import { applyCommands, type PendingCommand } from './apply-commands.js';
import {
  CommandsArrived,
  InputChanged,
  LeaseLost,
  Parking,
  Rejection,
  Suspension,
  Unstorable,
} from './outcome.js';
import { withFault, type OpenStep } from './open-step.js';
import { decideRetry } from './retry.js';
import type { Run } from './run.js';
import type { RunContext } from './run-context.js';
import { RunSteps } from './run-steps.js';
import { Setbacks } from './setbacks.js';
import type { StageOptions } from './stage-options.js';
import type { Steps } from './steps.js';

/** Pause before a handler that found Postgres away begins again. */
const awayMs = 1_000;
/** Of a lease, what it takes to revert a trial at the longest: a connection and a statement. */
const revertShare = 0.65;

export interface ExecutorParts {
  readonly context: RunContext;
  readonly options: StageOptions;
  readonly logger: Logger;
  /** Calls the handler of the run's event. */
  readonly handle: (run: Run, steps: Steps) => Promise<Fact>;
  readonly pendingCommands: (onboardingIds: readonly string[]) => Promise<readonly PendingCommand[]>;
  readonly onOutcome: (outcome: string, run: Run) => void;
}

/**
 * Runs one onboarding as far as it goes now: applies its commands, calls the handler, and writes what came of it. The lease
 * is given back with the last write.
 */
export class Executor {
  constructor(private readonly parts: ExecutorParts) {}

  /** Never rejects: whatever happens, the onboarding is either written or left to whoever claims it next. */
  async execute(run: Run): Promise<void> {
    const { event, traceparent } = run.row;
    const { onboardingId } = run;
    const span = {
      parentTraceparent: traceparent ?? undefined,
      attributes: { 'onboarding.id': onboardingId, 'onboarding.attempt': run.attempt },
    };
    await withLogContext({ onboardingId, correlationId: event.correlationId }, () =>
      withSpan(`${this.parts.options.stage} ${event.type}`, span, async () => {
        try {
          await this.advance(run);
        } catch (error) {
          await this.giveUp(run, error);
        } finally {
          this.parts.context.runEnded(run);
        }
      }),
    );
  }

  private came(outcome: string, run: Run): void {
    describeSpan({ 'onboarding.outcome': outcome });
    this.parts.onOutcome(outcome, run);
  }

  private async advance(run: Run): Promise<void> {
    for (;;) {
      if (run.hasCommands && (await this.applyWaiting(run))) return;
      if (run.state !== 'active' && run.state !== 'waiting') {
        if (run.state === 'ended') await this.parts.options.whenEnded?.(run.onboardingId);
        await this.parts.context.write(run, { leaseMs: null, dueMs: null });
        this.came(run.state, run);
        return;
      }
      if (await this.runHandler(run)) return;
    }
  }

  /** True if the run has to wait for its open intent before a command can be applied. */
  private async applyWaiting(run: Run): Promise<boolean> {
    const pending = await this.parts.pendingCommands([run.onboardingId]);
    run.hasCommands = false;
    const isBlocked = await applyCommands(run, pending, this.parts.options);
    if (!isBlocked) return false;
    const dueMs = Math.max(run.settlesAtMs - this.parts.context.clock.monotonicMs(), 50);
    // What the commands before it made of the run stays so: cancelled, paused or parked, it is not taken up again.
    await this.parts.context.write(run, { leaseMs: null, dueMs, mayCommandsWait: true });
    this.came('retry', run);
    return true;
  }

  /** True when the run is written and done with; false when it begins again because commands have come. */
  private async runHandler(run: Run): Promise<boolean> {
    let fact: Fact;
    try {
      fact = await this.parts.handle(run, new RunSteps(run, this.parts.context));
    } catch (error) {
      if (error instanceof CommandsArrived) {
        run.hasCommands = true;
        return false;
      }
      await this.interrupt(run, error);
      return true;
    }
    await this.pass(run, fact);
    return true;
  }

  private async interrupt(run: Run, error: unknown): Promise<void> {
    if (error instanceof LeaseLost || error instanceof Unstorable) throw error;
    if (error instanceof Suspension) return this.suspend(run, error);
    if (error instanceof Rejection) return this.reject(run, error);
    const parking = asParking(error);
    if (parking === undefined) return this.retryHandler(run, error);
    return run.trial?.isConfirmed === false ? this.refuseTrial(run) : this.park(run, parking);
  }

  /** The handler itself threw, outside of any step: the vault was away or could not be read, or our code is wrong. */
  private async retryHandler(run: Run, error: unknown): Promise<void> {
    this.parts.logger.error({ err: error }, 'a handler threw an error that is no failure');
    // Nothing has been tried yet: it is parked as it was, and the command may be given again.
    if (run.trial?.isConfirmed === false) return this.refuseTrial(run, 'command_failed');
    const { context, options } = this.parts;
    // Nobody's fault: neither the failure counts, nor the time.
    if (isDatabaseAway(error)) return this.interrupt(run, new Setbacks(run, context).holdBack(awayMs));
    const now = run.now();
    const beginning: OpenStep = { name: 'handler', state: 'retry', tries: 0, sinceAt: now.toISOString() };
    const open = withFault(run.openStep ?? beginning, now);
    run.openStep = open;
    const { faults = 1, faultsSinceAt = open.sinceAt } = open;
    const tried = { tries: faults, sinceMs: run.since(faultsSinceAt), random: context.random() };
    const code = options.personalData.parkingCodeOf?.(error) ?? 'handler_failed';
    const decision = decideRetry({ kind: 'not-done', code }, tried, context.settings.retry);
    if ('retryInMs' in decision) await this.suspend(run, new Suspension(decision.retryInMs, 'active'));
    else
      await this.interrupt(
        run,
        new Parking({
          code,
          step: open.name,
          isInDoubt: open.state === 'intent',
          attempts: faults,
        }),
      );
  }

  private async pass(run: Run, { contract, data }: Fact): Promise<void> {
    if (run.hasToldEnd && contract.type === this.parts.options.contracts.rejected.type)
      return this.park(run, anotherEnd());
    run.confirmTrial();
    const fact = { contract, data: { ...(data as object), steps: run.summary() } };
    if (isEndOfJourney(fact, this.parts.options)) {
      await this.end(run, fact);
      this.came('ended', run);
    } else {
      await this.parts.context.write(run, { state: 'passed', leaseMs: null, dueMs: null, end: fact });
      this.came('passed', run);
    }
  }

  /** What is forgotten with the end may still be needed until the end is durable; whoever finds it ended goes on with that. */
  private async end(run: Run, fact: Fact): Promise<void> {
    const { context, options } = this.parts;
    const toldTheEnd = { state: 'ended', end: fact } as const;
    if (options.whenEnded === undefined) {
      await context.write(run, { ...toldTheEnd, leaseMs: null, dueMs: null });
      return;
    }
    await context.write(run, { ...toldTheEnd, leaseMs: context.leaseMs });
    await options.whenEnded(run.onboardingId);
    await context.write(run, { leaseMs: null, dueMs: null });
  }

  private async suspend(run: Run, { dueMs, state, facts }: Suspension): Promise<void> {
    await this.parts.context.write(run, { state, leaseMs: null, dueMs, facts });
    this.came(state === 'waiting' ? 'waiting' : 'retry', run);
  }

  private async park(run: Run, { reason }: Parking): Promise<void> {
    run.parked = reason;
    const facts = [this.parts.options.contracts.parked(reason)];
    await this.parts.context.write(run, { state: 'parked', leaseMs: null, dueMs: null, facts });
    this.parts.logger.warn({ code: reason.code, step: reason.step }, 'parked');
    this.came('parked', run);
  }

  private async reject(run: Run, { failure, step }: Rejection): Promise<void> {
    if (run.hasToldEnd) return this.park(run, anotherEnd(step));
    const fact = this.parts.options.contracts.rejected({
      code: this.parts.options.endCodes?.[failure.code] ?? failure.code,
      by: 'finhub',
      step,
      steps: run.summary(),
    });
    await this.end(run, fact);
    this.came('rejected', run);
  }

  private async refuseTrial(run: Run, code?: string): Promise<void> {
    // Under its next owner the trial may have been confirmed by then: nothing is to be taken back.
    const { clock, leaseMs } = this.parts.context;
    if (clock.monotonicMs() + leaseMs * revertShare >= run.leaseUntilMs) throw new LeaseLost();
    await run.trial?.revert(code);
    await this.parts.context.write(run, { state: 'parked', leaseMs: null, dueMs: null });
    this.came('parked', run);
  }

  /** What can't be written: a result that came too late for the lease is still recorded, a bad row is parked alone. */
  private async giveUp(run: Run, error: unknown): Promise<void> {
    if (error instanceof Unstorable) {
      await this.parkUnstorable(run, error);
      return;
    }
    if (error instanceof LeaseLost) {
      if (run.unwrittenOnce !== undefined) await this.parts.context.recordLate(run, run.unwrittenOnce);
      this.came('lease_lost', run);
      return;
    }
    // The lease runs out by itself, and the run begins again.
    this.parts.logger.error({ err: error }, 'a run was left to its next owner');
  }

  private async parkUnstorable(run: Run, error: Unstorable): Promise<void> {
    this.parts.logger.error({ err: error }, 'the database refuses a row');
    const { openStep } = run.written;
    const step = (openStep ?? run.openStep)?.name;
    run.unwrittenFacts = this.refusedAnswers(run);
    run.unwrittenResults = {};
    // A call whose result is refused has happened: its intent stays open, so that it is not made again.
    run.openStep = openStep;
    run.signals = run.written.signals;
    const parking = new Parking({
      code: 'unstorable',
      step,
      isInDoubt: openStep?.state === 'intent',
      attempts: openStep?.tries ?? 0,
    });
    await this.park(run, parking).catch((again: unknown) => {
      this.parts.logger.error({ err: again }, 'an unstorable run could not be parked');
    });
  }

  /** The commands whose effect was in the write that Postgres refused: each still gets its one answer. */
  private refusedAnswers(run: Run): Fact[] {
    const { answered } = this.parts.options.contracts;
    return run.unwrittenFacts
      .filter(({ contract }) => contract.type === answered.type)
      .map(({ data }) => answered({ code: 'command_failed', ...(data as Answered), outcome: 'refused' }));
  }
}

/** A handler that ends the journey returns one of the ends: no other stage will answer commands for it. */
function isEndOfJourney(fact: Fact, { contracts, endsJourney }: StageOptions): boolean {
  return fact.contract.type === contracts.rejected.type || endsJourney;
}

/** The good end of the stage is told: a no that comes when its last steps are done again is for a human. */
function anotherEnd(step?: string): Parking {
  return new Parking({ code: 'input_changed', step, isInDoubt: false, attempts: 0 });
}

function asParking(error: unknown): Parking | undefined {
  if (error instanceof Parking) return error;
  if (!(error instanceof InputChanged)) return undefined;
  return new Parking({ code: 'input_changed', step: error.step, isInDoubt: false, attempts: 0 });
}
