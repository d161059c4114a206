import type { Fact } from '#contracts/contract.js';
import type { Attempt } from '#contracts/events.js';
import { failureOf, type Failure } from './failure.js';
import { newIntentId } from './journal.js';
import { CommandsArrived, InputChanged, Interruption, Parking, Rejection, Suspension } from './outcome.js';
import { decideRetry } from './retry.js';
import type { OpenStep, Run, StepResult } from './run.js';
import type { RunContext } from './run-context.js';
import {
  NotYet,
  Steps,
  type Call,
  type Found,
  type OnceOptions,
  type PollOptions,
  type Signal,
  type StepOptions,
} from './steps.js';

const timeLimitDefaultMs = 10_000;
const resultBytesMax = 4_096;

/** What a call came to: its result, or why there is none. */
type Outcome<Result> =
  { readonly result: Result; readonly ms: number } | { readonly failure: Failure; readonly ms: number };

/** The durable steps over one run: decides when to call, writes what must be durable, ends the run early otherwise. */
export class RunSteps extends Steps {
  private readonly named = new Set<string>();

  constructor(
    private readonly run: Run,
    private readonly context: RunContext,
  ) {
    super();
  }

  override async once<Result>(
    name: string,
    call: (call: Call) => Promise<Result>,
    options: OnceOptions<Result>,
  ): Promise<Result> {
    const finished = this.begin(name, options);
    if (finished !== undefined) return finished.result as Result;
    let isRepeat = false;
    if (this.run.openStep?.state === 'intent') {
      const found = await this.find(this.run.openStep, options);
      if (found.state === 'present') return this.finish(name, options, { result: found.result, ms: 0 });
      isRepeat = found.state === 'repeat';
    }
    this.waitAtGate(name);
    const intent = await this.writeIntent(name, timeLimitOf(options), isRepeat);
    const outcome = await this.call(name, { call, options }, (result) => {
      const late = this.toResult(name, options, { result, ms: timeLimitOf(options) });
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
    if (outcome.result instanceof NotYet) throw this.keepWaiting(name, outcome.result, options);
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
      if (finished.input !== this.fingerprint(options)) throw new InputChanged(name);
      return finished;
    }
    this.confirmTrial();
    const open = this.run.openStep;
    if (open !== null && open.name !== name) {
      // A retry or a wait under another name can be forgotten; a call that may have happened can't.
      if (open.state === 'intent')
        throw new Parking({ code: 'step_renamed', step: open.name, isInDoubt: true, attempts: open.tries });
      this.run.openStep = null;
    }
    if (this.run.hasCommands) throw new CommandsArrived();
    return undefined;
  }

  private confirmTrial(): void {
    const { trial } = this.run;
    if (trial === undefined || trial.isConfirmed) return;
    trial.isConfirmed = true;
    trial.confirm();
  }

  private async tryRepeatable<Result>(
    name: string,
    call: (call: Call) => Promise<Result>,
    options: StepOptions,
  ): Promise<{ result: Result; ms: number }> {
    this.waitAtGate(name);
    if (this.run.unwrittenOnce !== undefined)
      await this.context.write(this.run, { leaseMs: this.context.leaseMs });
    await this.keepLease(timeLimitOf(options));
    const outcome = await this.call(name, { call, options });
    if ('result' in outcome) return outcome;
    if (outcome.failure.kind === 'rejected') throw new Rejection(outcome.failure, name);
    throw this.retryLater(name, outcome);
  }

  /** The intent is durable before the call, with the last step's result in the same write. */
  private async writeIntent(name: string, timeLimitMs: number, isRepeat: boolean): Promise<OpenStep> {
    const open = this.run.openStep;
    const intent: OpenStep = {
      name,
      state: 'intent',
      tries: (open?.tries ?? 0) + 1,
      sinceAt: open?.sinceAt ?? this.run.now().toISOString(),
      intentId: newIntentId(),
      ...(isRepeat || open?.isRepeat === true ? { isRepeat: true } : {}),
    };
    this.run.openStep = intent;
    const settleMs = timeLimitMs + this.context.settings.settleMs;
    const leaseMs = Math.max(this.context.leaseMs, timeLimitMs + 5_000);
    await this.context.write(this.run, { leaseMs, settleMs });
    if (this.run.hasCommands) {
      this.run.openStep = { ...intent, state: 'retry', tries: intent.tries - 1 };
      throw new CommandsArrived();
    }
    return intent;
  }

  private async find<Result>(open: OpenStep, options: OnceOptions<Result>): Promise<Found<Result>> {
    const settlesInMs = this.run.settlesAtMs - this.context.clock.monotonicMs();
    if (settlesInMs > 0) throw new Suspension(settlesInMs, 'active');
    await this.keepLease(timeLimitOf(options));
    const since = { at: this.run.intentAt ?? this.run.now() };
    const find = (call: Call) => options.find(call, since);
    const outcome = await this.call(`find-${open.name}`, { call: find, options });
    if ('failure' in outcome)
      throw this.retryLater(open.name, outcome, { ...open, faults: (open.faults ?? 0) + 1 });
    const { state } = outcome.result;
    const isExhausted = open.tries >= this.context.settings.retry.attemptsMax;
    // A repeat that was refused is asked no second time: only evidence can help.
    if (state === 'unknown' || (state === 'repeat' && (open.unknownSinceAt !== undefined || isExhausted)))
      throw this.waitForEvidence(open);
    if (state === 'absent' && isExhausted) {
      this.run.openStep = { ...open, state: 'retry', intentId: undefined };
      throw new Parking({
        code: 'attempts_exhausted',
        step: open.name,
        isInDoubt: false,
        attempts: open.tries,
      });
    }
    return outcome.result;
  }

  /** Nothing says what happened: evidence may still come (a webhook), then it is in doubt. */
  private waitForEvidence(open: OpenStep): Interruption {
    const unknownSinceAt = open.unknownSinceAt ?? this.run.now().toISOString();
    const leftMs = this.context.settings.evidenceMs - this.run.since(unknownSinceAt);
    if (leftMs <= 0)
      return new Parking({ code: 'in_doubt', step: open.name, isInDoubt: true, attempts: open.tries });
    this.run.openStep = { ...open, unknownSinceAt };
    const isFirst = open.unknownSinceAt === undefined;
    return new Suspension(
      leftMs,
      'active',
      isFirst ? [this.waiting(open, 'waiting_for_evidence', leftMs, leftMs)] : [],
    );
  }

  private afterOnceFailure(intent: OpenStep, { failure, ms }: { failure: Failure; ms: number }): never {
    const { run } = this;
    if (failure.kind === 'unknown-outcome') {
      const dueMs = Math.max(run.settlesAtMs - this.context.clock.monotonicMs(), 0);
      throw new Suspension(dueMs, 'active', [this.failed(intent, failure, ms, dueMs)]);
    }
    if (failure.kind === 'rejected' && intent.isRepeat === true) throw this.waitForEvidence(intent);
    run.openStep = { ...intent, state: 'retry', intentId: undefined };
    if (failure.kind === 'rejected') throw new Rejection(failure, intent.name);
    throw this.retryLater(intent.name, { failure, ms }, run.openStep);
  }

  /** Decides on the next attempt; an open intent stays open. */
  private retryLater(
    name: string,
    { failure, ms }: { failure: Failure; ms: number },
    tried?: OpenStep,
  ): Interruption {
    const open = this.run.openStep;
    const next: OpenStep = tried ?? {
      ...(open ?? { name, state: 'retry', sinceAt: this.run.now().toISOString() }),
      tries: (open?.tries ?? 0) + 1,
    };
    this.run.openStep = next;
    const decision = decideRetry(
      failure,
      {
        tries: next.tries + (next.faults ?? 0),
        sinceMs: this.run.since(next.sinceAt),
        random: this.context.random(),
      },
      this.context.settings.retry,
    );
    if ('retryInMs' in decision)
      return new Suspension(decision.retryInMs, 'active', [
        this.failed(next, failure, ms, decision.retryInMs),
      ]);
    const lastAnswer = { status: failure.status, excerpt: failure.excerpt };
    return new Parking({
      code: next.state === 'intent' ? 'in_doubt' : decision.parkWith,
      step: name,
      isInDoubt: next.state === 'intent',
      attempts: next.tries,
      lastAnswer,
    });
  }

  private keepWaiting(name: string, { code }: NotYet, options: PollOptions): Interruption {
    const open = this.run.openStep;
    const now = this.run.now();
    const deadlineAt = open?.deadlineAt ?? new Date(now.getTime() + options.deadlineMs).toISOString();
    const looks = open?.state === 'polling' ? open.tries : 0;
    const leftMs = Date.parse(deadlineAt) - now.getTime();
    if (leftMs <= 0)
      return new Parking({ code: options.overdue, step: name, isInDoubt: false, attempts: looks + 1 });
    const next: OpenStep = {
      name,
      state: 'polling',
      tries: looks + 1,
      sinceAt: open?.sinceAt ?? now.toISOString(),
      deadlineAt,
    };
    this.run.openStep = next;
    const pauseMs = Math.min(options.everyMs * 2 ** Math.min(looks, 30), options.everyMaxMs);
    const dueMs = Math.min(pauseMs * (0.75 + this.context.random() / 2), leftMs);
    return new Suspension(dueMs, 'waiting', looks === 0 ? [this.waiting(next, code, dueMs, leftMs)] : []);
  }

  private async keepLease(timeLimitMs: number): Promise<void> {
    if (this.run.leaseUntilMs - this.context.clock.monotonicMs() > timeLimitMs) return;
    await this.context.write(this.run, { leaseMs: Math.max(this.context.leaseMs, timeLimitMs + 5_000) });
  }

  private waitAtGate(name: string): void {
    const heldBackMs = this.context.heldBackMs(this.run, name);
    if (heldBackMs > 0) throw new Suspension(heldBackMs, 'active');
  }

  private async call<Result>(
    name: string,
    { call, options }: { call: (call: Call) => Promise<Result>; options: StepOptions },
    onLate: (result: Result) => void = () => undefined,
  ): Promise<Outcome<Result>> {
    const beganAtMs = this.context.clock.monotonicMs();
    const outcome = await this.tryCall({ call, timeLimitMs: timeLimitOf(options), onLate });
    const ended = { ...outcome, ms: this.context.clock.monotonicMs() - beganAtMs };
    this.context.callEnded(this.run, name, ended);
    return ended;
  }

  private async tryCall<Result>(limited: {
    call: (call: Call) => Promise<Result>;
    timeLimitMs: number;
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
    const recorded = result === undefined ? null : result;
    const bytes = JSON.stringify(recorded).length;
    if (bytes > resultBytesMax)
      throw new Error(
        `the result of step ${name} has ${bytes} bytes, more than the ${resultBytesMax} that are recorded`,
      );
    const input = this.fingerprint(options);
    const tries = Math.max(this.run.openStep?.name === name ? this.run.openStep.tries : 1, 1);
    return { result: recorded, tries, ms, ...(input === undefined ? {} : { input }) };
  }

  private fingerprint({ input }: StepOptions): string | undefined {
    return input === undefined ? undefined : this.context.fingerprint(input);
  }

  private failed(open: OpenStep, failure: Failure, latencyMs: number, dueMs: number): Fact<Attempt> {
    return this.context.contracts.attempt({
      kind: 'failed',
      step: open.name,
      attempt: Math.max(open.tries, 1),
      code: failure.code,
      status: failure.status,
      latencyMs: Math.round(latencyMs),
      nextAt: new Date(this.run.now().getTime() + dueMs).toISOString(),
      ...(failure.excerpt === undefined
        ? {}
        : { lastAnswer: { status: failure.status, excerpt: failure.excerpt } }),
    });
  }

  private waiting(open: OpenStep, code: string, dueMs: number, leftMs: number): Fact<Attempt> {
    const now = this.run.now().getTime();
    return this.context.contracts.attempt({
      kind: 'waiting',
      step: open.name,
      attempt: Math.max(open.tries, 1),
      code,
      nextAt: new Date(now + dueMs).toISOString(),
      deadlineAt: new Date(now + leftMs).toISOString(),
    });
  }
}

function timeLimitOf(options: StepOptions): number {
  return options.timeLimitMs ?? timeLimitDefaultMs;
}
