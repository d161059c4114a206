import type { Fact } from '#contracts/contract.js';
import type { Attempt, LastAnswer } from '#contracts/events.js';
import type { Failure } from './failure.js';
import { Parking, Suspension, type Interruption } from './outcome.js';
import { decideRetry, pauseMs } from './retry.js';
import { failuresOf, putOff, spared, withFault, withUnread, type OpenStep } from './open-step.js';
import type { ParkedReason, Run } from './run.js';
import type { RunContext } from './run-context.js';
import type { NotYet, PollOptions } from './steps.js';

const excerptCharsMax = 300;

/** A call that failed, and how long it took. */
export interface FailedCall {
  readonly failure: Failure;
  readonly ms: number;
  /** The circuit is open: it fails for everybody. */
  readonly isSpared: boolean;
}

/**
 * What becomes of a run whose step has no result: when it is looked at again, or that it is parked. Every method notes it in
 * the run's open step and gives the interruption to be thrown.
 */
export class Setbacks {
  constructor(
    private readonly run: Run,
    private readonly context: RunContext,
  ) {}

  /**
   * Decides on the next attempt. `tried` is the step as it stands now, this failure counted.
   * What fails for everybody parks nobody.
   */
  retryLater(name: string, call: FailedCall, tried = this.counted(name)): Interruption {
    const { failure, isSpared } = call;
    const { tries, sinceAt } = failuresOf(tried);
    const failures = { tries, sinceMs: this.run.since(sinceAt), random: this.context.random() };
    const { retry } = this.context.settings;
    const decision = isSpared
      ? { retryInMs: pauseMs(failure, failures, retry) }
      : decideRetry(failure, failures, retry);
    if ('retryInMs' in decision) return this.tryAgain(tried, call, decision.retryInMs);
    this.run.openStep = answered(tried, failure);
    return this.park(this.run.openStep, { code: decision.parkWith, isInDoubt: false });
  }

  /**
   * A look-up of a lost call could not be read; the intent stays open. To look costs nothing, and a doubt costs a human: it is
   * made as often as any attempt, and for as long as there is time, whatever it fails with.
   */
  lookLater(open: OpenStep, call: FailedCall): Interruption {
    const { retry } = this.context.settings;
    const looked = withUnread(open, this.run.now());
    const { times, sinceAt } = looked.unread;
    const failures = { tries: times, sinceMs: this.run.since(sinceAt), random: this.context.random() };
    const isOver = times >= retry.attemptsMax && failures.sinceMs >= retry.totalMsMax;
    if (!isOver || call.isSpared) return this.tryAgain(looked, call, pauseMs(call.failure, failures, retry));
    this.run.openStep = answered(looked, call.failure);
    return this.park(this.run.openStep, { code: 'in_doubt', isInDoubt: true });
  }

  /** An answer was lost: nothing can be said until nobody can still be doing the call. */
  settle(intent: OpenStep, call: FailedCall): Interruption {
    const settlesInMs = this.run.settlesAtMs - this.context.clock.monotonicMs();
    return this.tryAgain(intent, call, Math.max(settlesInMs, call.failure.retryAfterMs ?? 0));
  }

  /** Stops and waits for a human, who is shown what was answered last. */
  park(
    { name, tries, lastAnswer }: OpenStep,
    { code, isInDoubt }: Pick<ParkedReason, 'code' | 'isInDoubt'>,
  ): Parking {
    return new Parking({ code, step: name, isInDoubt, attempts: tries, lastAnswer });
  }

  /** What woke the run did not make the other side take calls again: undefined when it does. */
  waitAsAsked(): Interruption | undefined {
    const { notBeforeAt, state } = this.run.openStep ?? {};
    const leftMs = notBeforeAt === undefined ? 0 : -this.run.since(notBeforeAt);
    return leftMs > 0 ? new Suspension(leftMs, state === 'polling' ? 'waiting' : 'active') : undefined;
  }

  /** The circuit is open: nobody begins the step, and the time does not count. */
  holdBack(heldMs: number): Interruption {
    const { openStep } = this.run;
    const dueMs = Math.round(heldMs * (1 + this.context.random() / 4));
    if (openStep !== null) this.run.openStep = putOff(openStep, dueMs);
    return new Suspension(dueMs, openStep?.state === 'polling' ? 'waiting' : 'active');
  }

  /** Nothing says what happened, least of all `refused`, the answer to a repeat: evidence may still come, then it is in doubt. */
  waitForEvidence(open: OpenStep, refused?: FailedCall): Interruption {
    const unknownSinceAt = open.unknownSinceAt ?? this.run.now().toISOString();
    const leftMs = this.context.settings.evidenceMs - this.run.since(unknownSinceAt);
    const told = refused === undefined ? open : answered(open, refused.failure);
    if (leftMs <= 0) return this.park(told, { code: 'in_doubt', isInDoubt: true });
    this.run.openStep = { ...told, unknownSinceAt };
    const isFirst = open.unknownSinceAt === undefined;
    const wait = { code: 'waiting_for_evidence', dueMs: leftMs, leftMs };
    return new Suspension(leftMs, 'active', [
      ...(refused === undefined ? [] : [this.failed(open, refused, leftMs)]),
      ...(isFirst ? [this.waiting(open, wait)] : []),
    ]);
  }

  /** A poll said "not yet": look again, with growing pauses, until the deadline. */
  keepWaiting(name: string, { code, missing }: NotYet, options: PollOptions): Interruption {
    const open = this.run.openStep;
    const now = this.run.now();
    const deadlineAt = open?.deadlineAt ?? new Date(now.getTime() + options.deadlineMs).toISOString();
    const looks = open?.state === 'polling' ? open.tries : 0;
    const leftMs = Date.parse(deadlineAt) - now.getTime();
    const sinceAt = open?.sinceAt ?? now.toISOString();
    const excerpt = `missing: ${missing.join(', ')}`.slice(0, excerptCharsMax);
    const lastAnswer = missing.length === 0 ? undefined : { excerpt };
    const next: OpenStep = { name, state: 'polling', tries: looks + 1, sinceAt, deadlineAt, lastAnswer };
    this.run.openStep = next;
    if (leftMs <= 0) return this.park(next, { code: options.overdue, isInDoubt: false });
    const growingMs = Math.min(options.everyMs * 2 ** Math.min(looks, 30), options.everyMaxMs);
    const dueMs = Math.min(growingMs * (0.75 + this.context.random() / 2), leftMs);
    return new Suspension(dueMs, 'waiting', looks === 0 ? [this.waiting(next, { code, dueMs, leftMs })] : []);
  }

  /** The open step with this failure of its call, or of its look. */
  private counted(name: string): OpenStep {
    const now = this.run.now();
    const open = this.run.openStep ?? { name, state: 'retry', tries: 0, sinceAt: now.toISOString() };
    return open.state === 'polling' ? withFault(open, now) : { ...open, tries: open.tries + 1 };
  }

  private tryAgain(tried: OpenStep, call: FailedCall, dueMs: number): Suspension {
    const noted = { ...answered(tried, call.failure), notBeforeAt: this.askedToWaitUntil(call.failure) };
    this.run.openStep = call.isSpared ? spared(noted, call.ms + dueMs) : noted;
    return new Suspension(dueMs, 'active', [this.failed(tried, call, dueMs)]);
  }

  private askedToWaitUntil({ retryAfterMs }: Failure): string | undefined {
    if (retryAfterMs === undefined) return undefined;
    return new Date(this.run.now().getTime() + retryAfterMs).toISOString();
  }

  private failed(open: OpenStep, { failure, ms }: FailedCall, dueMs: number): Fact<Attempt> {
    return this.context.contracts.attempt({
      kind: 'failed',
      step: open.name,
      attempt: Math.max(open.tries, 1),
      code: failure.code,
      status: failure.status,
      latencyMs: Math.round(ms),
      nextAt: new Date(this.run.now().getTime() + dueMs).toISOString(),
      ...(failure.excerpt === undefined ? {} : { lastAnswer: answerIn(failure) }),
    });
  }

  private waiting(
    open: OpenStep,
    wait: { readonly code: string; readonly dueMs: number; readonly leftMs: number },
  ): Fact<Attempt> {
    const now = this.run.now().getTime();
    return this.context.contracts.attempt({
      kind: 'waiting',
      step: open.name,
      attempt: Math.max(open.tries, 1),
      code: wait.code,
      nextAt: new Date(now + wait.dueMs).toISOString(),
      deadlineAt: new Date(now + wait.leftMs).toISOString(),
    });
  }
}

function answered(step: OpenStep, failure: Failure): OpenStep {
  const isAnswer = failure.status !== undefined || failure.excerpt !== undefined;
  return isAnswer ? { ...step, lastAnswer: answerIn(failure) } : step;
}

function answerIn({ status, excerpt }: Failure): LastAnswer {
  return { status, excerpt };
}
