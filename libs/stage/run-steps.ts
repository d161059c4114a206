import { failureOf, isAboutTheApplicant, type Failure } from './failure.js';
import { newIntentId } from './journal.js';
import { CommandsArrived, InputChanged, Rejection, Suspension } from './outcome.js';
import type { OpenStep } from './open-step.js';
import type { Run, StepResult } from './run.js';
import type { RunContext } from './run-context.js';
import { Setbacks, type FailedCall } from './setbacks.js';
import {
  NotYet,
  recordable,
  Steps,
  type Call,
  type Found,
  type OnceOptions,
  type PollOptions,
  type Signal,
  type StepOptions,
} from './steps.js';

/** What a call came to: its result, or why there is none. */
type Outcome<Result> = { readonly result: Result; readonly ms: number } | FailedCall;

interface CallOf<Result> {
  readonly call: (call: Call) => Promise<Result>;
  readonly options: StepOptions;
  /** Monotonic; by default its time limit from now. */
  readonly endsAtMs?: number;
}

/** The durable steps over one run: decides when to call, writes what must be durable, ends the run early otherwise. */
export class RunSteps extends Steps {
  private readonly named = new Set<string>();
  private readonly setbacks: Setbacks;

  constructor(
    private readonly run: Run,
    private readonly context: RunContext,
  ) {
    super();
    this.setbacks = new Setbacks(run, context);
  }

  override async once<Result>(
    name: string,
    call: (call: Call) => Promise<Result>,
    options: OnceOptions<Result>,
  ): Promise<Result> {
    const finished = this.begin(name, options);
    if (finished !== undefined) {
      this.checkTrial(name, finished, options.needs ?? []);
      return finished.result as Result;
    }
    let isRepeat = false;
    this.run.lookFirst(name);
    if (this.run.openStep?.state === 'intent') {
      const found = await this.find(this.run.openStep, options);
      if (found.state === 'present') return this.finish(name, options, { result: found.result, ms: 0 });
      isRepeat = found.state === 'repeat';
    }
    this.waitForTurn(name, options);
    // Who takes over counts from the intent on: so does the call's time.
    const endsAtMs = this.context.clock.monotonicMs() + this.timeLimitOf(options);
    const intent = await this.writeIntent(name, this.timeLimitOf(options), isRepeat);
    const outcome = await this.call(name, { call, options, endsAtMs }, (result) => {
      const late = this.toResult(name, options, { result, ms: this.timeLimitOf(options) });
      void this.context.recordLate(this.run, { step: name, intentId: intent.intentId, result: late });
    });
    if ('failure' in outcome) return this.afterOnceFailure(intent, outcome);
    const result = this.toResult(name, options, outcome);
    this.run.finishStep(name, result);
    this.run.unwrittenOnce = { step: name, intentId: intent.intentId, result };
    return outcome.result;
  }

  override async repeatable<Result>(
    name: string,
    call: (call: Call) => Promise<Result>,
    options: StepOptions = {},
  ): Promise<Result> {
    const finished = this.begin(name, options);
    if (finished !== undefined) return finished.result as Result;
    return this.finish(name, options, await this.tryRepeatable(name, call, options));
  }

  override async poll<Result>(
    name: string,
    look: (call: Call) => Promise<Result | NotYet>,
    options: PollOptions,
  ): Promise<Result> {
    const finished = this.begin(name, options);
    if (finished !== undefined) return finished.result as Result;
    const outcome = await this.tryRepeatable(name, look, options);
    if (outcome.result instanceof NotYet) throw this.setbacks.keepWaiting(name, outcome.result, options);
    return this.finish(name, options, outcome as { result: Result; ms: number });
  }

  override signals(kind: string): readonly Signal[] {
    return this.run.signals.filter((signal) => signal.kind === kind);
  }

  /** The recorded result, if there is one; else all that must be settled before a new step may begin. */
  private begin(name: string, options: StepOptions): StepResult | undefined {
    if (this.named.has(name)) throw new Error(`two steps of one handler are named ${name}`);
    this.named.add(name);
    const finished = this.run.results[name];
    if (finished !== undefined) {
      this.holdAgainst(name, finished, this.fingerprint(options));
      return finished;
    }
    this.run.confirmTrial();
    const open = this.run.openStep;
    if (open !== null && open.name !== name) {
      // A retry or a wait under another name can be forgotten; a call that may have happened can't.
      if (open.state === 'intent') throw this.setbacks.park(open, { code: 'step_renamed', isInDoubt: true });
      this.run.openStep = null;
    }
    if (this.run.hasCommands) throw new CommandsArrived();
    return undefined;
  }

  /** What a human told of a step (`resolve`) came without its input: it is held against the first one seen. */
  private holdAgainst(name: string, finished: StepResult, input: string | undefined): void {
    if (finished.input === input) return;
    if (finished.input !== undefined) throw new InputChanged(name);
    this.run.results[name] = { ...finished, input };
    this.run.unwrittenResults[name] = { ...finished, input };
  }

  /** A human's result must have what the handler needs of it. */
  private checkTrial(name: string, { result }: StepResult, needs: readonly string[]): void {
    if (this.run.trial?.isConfirmed !== false) return;
    const has = (field: string) => typeof (result as Record<string, unknown> | null)?.[field] === 'string';
    if (!needs.every(has)) throw new InputChanged(name);
  }

  private async tryRepeatable<Result>(
    name: string,
    call: (call: Call) => Promise<Result>,
    options: StepOptions,
  ): Promise<{ result: Result; ms: number }> {
    this.waitForTurn(name, options);
    const timeLimitMs = this.timeLimitOf(options);
    if (this.run.unwrittenOnce !== undefined)
      await this.context.write(this.run, { leaseMs: this.leaseFor(timeLimitMs) });
    await this.keepLease(timeLimitMs);
    if (this.run.hasCommands) throw new CommandsArrived();
    const outcome = await this.call(name, { call, options });
    if ('result' in outcome) return outcome;
    if (outcome.failure.kind === 'rejected') throw new Rejection(outcome.failure, name);
    throw this.setbacks.retryLater(name, outcome);
  }

  /** The intent is durable before the call, with the last step's result in the same write. */
  private async writeIntent(name: string, timeLimitMs: number, isRepeat: boolean): Promise<OpenStep> {
    const open: Partial<OpenStep> = this.run.openStep ?? {};
    const {
      tries = 0,
      sinceAt = this.run.now().toISOString(),
      spared,
      faults,
      faultsSinceAt,
      lastAnswer,
    } = open;
    const intent: OpenStep = {
      name,
      state: 'intent',
      tries: tries + 1,
      sinceAt,
      intentId: newIntentId(),
      ...(isRepeat || open.isRepeat === true ? { isRepeat: true } : {}),
      spared,
      faults,
      faultsSinceAt,
      lastAnswer,
    };
    this.run.openStep = intent;
    const settleMs = timeLimitMs + this.context.settings.settleMs;
    await this.context.write(this.run, { leaseMs: this.leaseFor(timeLimitMs), settleMs });
    if (this.run.hasCommands) {
      this.run.openStep = { ...intent, state: 'retry', tries: intent.tries - 1 };
      throw new CommandsArrived();
    }
    return intent;
  }

  private async find<Result>(open: OpenStep, options: OnceOptions<Result>): Promise<Found<Result>> {
    const settlesInMs = this.run.settlesAtMs - this.context.clock.monotonicMs();
    if (settlesInMs > 0) throw new Suspension(settlesInMs, 'active');
    this.waitForTurn(`find-${open.name}`, options);
    await this.keepLease(this.timeLimitOf(options));
    const since = { at: this.run.mayHaveBegunAt() };
    const find = (call: Call) => options.find(call, since);
    const outcome = await this.call(`find-${open.name}`, { call: find, options });
    if ('failure' in outcome) {
      throw this.setbacks.lookLater(open, outcome);
    }
    this.stopIfUnclear({ ...open, unread: undefined }, outcome.result.state);
    return outcome.result;
  }

  /** Lets pass what can be acted on now. */
  private stopIfUnclear(open: OpenStep, state: Found<unknown>['state']): void {
    const isExhausted = open.tries - (open.spared ?? 0) >= this.context.settings.retry.attemptsMax;
    // A repeat that was refused is asked no second time: only evidence can help.
    if (state === 'unknown' || (state === 'repeat' && (open.unknownSinceAt !== undefined || isExhausted)))
      throw this.setbacks.waitForEvidence(open);
    if (state !== 'absent' || !isExhausted) return;
    this.run.openStep = { ...open, state: 'retry', intentId: undefined };
    throw this.setbacks.park(open, { code: 'attempts_exhausted', isInDoubt: false });
  }

  private afterOnceFailure(intent: OpenStep, failed: FailedCall): never {
    const { failure } = failed;
    if (failure.kind === 'unknown-outcome') throw this.setbacks.settle(intent, failed);
    // The call before it may have happened: what refuses its repeat says nothing of it.
    if (isAboutTheApplicant(failure) && intent.isRepeat === true)
      throw this.setbacks.waitForEvidence(intent, failed);
    const tried: OpenStep = { ...intent, state: 'retry', intentId: undefined };
    this.run.openStep = tried;
    if (failure.kind === 'rejected') throw new Rejection(failure, intent.name);
    throw this.setbacks.retryLater(intent.name, failed, tried);
  }

  /** Outlives the call: what is sent must not be taken over meanwhile. */
  private leaseFor(timeLimitMs: number): number {
    return Math.max(this.context.leaseMs, timeLimitMs + 5_000);
  }

  private async keepLease(timeLimitMs: number): Promise<void> {
    if (this.run.leaseUntilMs - this.context.clock.monotonicMs() > timeLimitMs) return;
    await this.context.write(this.run, { leaseMs: this.leaseFor(timeLimitMs) });
  }

  private waitForTurn(name: string, options: StepOptions): void {
    const asked = this.setbacks.waitAsAsked();
    if (asked !== undefined) throw asked;
    const heldMs = this.context.heldBackMs(this.run, name, this.timeLimitOf(options));
    if (heldMs > 0) throw this.setbacks.holdBack(heldMs);
  }

  private async call<Result>(
    name: string,
    { call, options, endsAtMs }: CallOf<Result>,
    onLate: (result: Result) => void = () => undefined,
  ): Promise<Outcome<Result>> {
    const beganAtMs = this.context.clock.monotonicMs();
    const limit = endsAtMs ?? beganAtMs + this.timeLimitOf(options);
    const outcome = await this.tryCall({ call, endsAtMs: limit, onLate });
    const ended = { ...outcome, ms: this.context.clock.monotonicMs() - beganAtMs };
    const isSpared = this.context.callEnded(this.run, name, ended);
    return { ...ended, isSpared };
  }

  private async tryCall<Result>(limited: {
    call: (call: Call) => Promise<Result>;
    endsAtMs: number;
    onLate: (result: Result) => void;
  }): Promise<{ result: Result } | { failure: Failure }> {
    try {
      return { result: await this.context.withinLimit(this.run, limited) };
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined)
        this.context.logger.error({ err: error }, 'a step threw an error that is no failure');
      return { failure: failure ?? { kind: 'unknown-outcome', code: 'handler_failed' } };
    }
  }

  private finish<Result>(
    name: string,
    options: StepOptions,
    outcome: { result: Result; ms: number },
  ): Result {
    this.run.finishStep(name, this.toResult(name, options, outcome));
    return outcome.result;
  }

  private toResult(
    name: string,
    options: StepOptions,
    { result, ms }: { result: unknown; ms: number },
  ): StepResult {
    const recorded = recordable(name, result);
    const input = this.fingerprint(options);
    const tries = Math.max(this.run.openStep?.name === name ? this.run.openStep.tries : 1, 1);
    return { result: recorded, tries, ms, ...(input === undefined ? {} : { input }) };
  }

  private timeLimitOf(options: StepOptions): number {
    return options.timeLimitMs ?? this.context.settings.callLimitMs;
  }

  private fingerprint({ input }: StepOptions): string | undefined {
    return input === undefined ? undefined : this.context.fingerprint(input);
  }
}
