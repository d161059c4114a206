import type { Logger } from 'pino';
import { eventIdOf } from '#contracts/onboarding-id.js';
import type { Fact, Stage } from '#contracts/contract.js';
import { toEnvelope, type OnboardingEvent } from '#contracts/envelope.js';
import type { Clock } from '#platform/clock.js';
import { isDatabaseAway } from '#platform/database-away.js';
import { onTimeLimit } from '#platform/time-limit.js';
import { currentTraceparent } from '#platform/tracing.js';
import { failureOf, StepFailure, type Failure } from './failure.js';
import type { Bulkheads } from './bulkheads.js';
import { stepKindOf, type Circuit, type CircuitBreakers } from './circuit-breakers.js';
import { checksumOf } from './checksum.js';
import type { Journal, OutboxRow } from './journal.js';
import type { Outbox } from './outbox.js';
import type { LateResult, Run, RunChange } from './run.js';
import type { RuntimeContracts, StageSettings } from './stage-options.js';
import type { Call } from './steps.js';

/** Commands of one onboarding that are remembered as answered, newest last. */
const answeredMax = 100;
/** Codes of calls that our own limits kept from being made in time. */
const ownLimits: ReadonlySet<string> = new Set(['quota_used_up', 'uploads_full', 'database_away']);
/** A call whose turn is further away than this is not begun. */
const waitMsMax = 2_000;

export interface RunContextParts {
  readonly stage: Stage;
  readonly journal: Pick<Journal, 'write' | 'recordLate'>;
  readonly outbox: Pick<Outbox, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: StageSettings;
  readonly contracts: RuntimeContracts;
  readonly fingerprint: (input: unknown) => string;
  /** In [0, 1). */
  readonly random: () => number;
  readonly breakers: CircuitBreakers;
  readonly bulkheads: Bulkheads;
  /** Tenants of one host share its fate. */
  readonly hostOf: (tenantId: string) => string;
  /** How long a call of the tenant would wait for its turn. */
  readonly expectedWaitMs: (tenantId: string) => number;
  /** A step's call ended: `result` or the kind of its failure. */
  readonly onCall: (step: string, outcome: string, ms: number) => void;
}

/** What all runs of a process have in common: how to write, to call within a limit, to tell the time. */
export class RunContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: StageSettings;
  readonly contracts: RuntimeContracts;
  readonly fingerprint: (input: unknown) => string;
  readonly random: () => number;

  constructor(private readonly parts: RunContextParts) {
    this.clock = parts.clock;
    this.logger = parts.logger;
    this.settings = parts.settings;
    this.contracts = parts.contracts;
    this.fingerprint = parts.fingerprint;
    this.random = parts.random;
  }

  /** Milliseconds until a step of this kind may begin: its circuit is open, or too many calls of the tenant are at it or wait already. */
  heldBackMs(run: Run, step: string, timeLimitMs: number): number {
    const waitMs = this.parts.expectedWaitMs(run.tenantId);
    if (waitMs > waitMsMax) return waitMs;
    this.parts.breakers.probeEnded(run.onboardingId);
    const circuit = this.circuitOf(run, step);
    const turnMs = this.parts.bulkheads.enter(run, run.tenantId, circuit.stepKind);
    // Whoever passes an open circuit is its probe: that is asked last.
    return turnMs > 0 ? turnMs : this.parts.breakers.heldBackMs(circuit, run.onboardingId, timeLimitMs);
  }

  /** Takes note of how a step's call ended. True when it failed as it does for everybody. */
  callEnded(run: Run, step: string, ended: { readonly failure?: Failure; readonly ms: number }): boolean {
    const { failure, ms } = ended;
    const circuit = this.circuitOf(run, step);
    this.parts.onCall(circuit.stepKind, failure?.kind ?? 'result', ms);
    this.parts.bulkheads.callEnded(run, ms);
    if (failure !== undefined && ownLimits.has(failure.code)) return true;
    if (failure !== undefined) return this.parts.breakers.failed(circuit, run.onboardingId, failure);
    this.parts.breakers.succeeded(circuit);
    return false;
  }

  /** The run is written, or left to its next owner. */
  runEnded(run: Run): void {
    this.parts.breakers.probeEnded(run.onboardingId);
    this.parts.bulkheads.leave(run);
  }

  private circuitOf({ tenantId }: Run, step: string): Circuit {
    return { tenantId, host: this.parts.hostOf(tenantId), stepKind: stepKindOf(step) };
  }

  get leaseMs(): number {
    return this.settings.leaseMs;
  }

  /**
   * Makes all that the run has gathered durable, in one write, and publishes its events. Rejects with `LeaseLost` or
   * `Unstorable`; then nothing of it is written.
   */
  async write(run: Run, change: RunChange): Promise<void> {
    const beganAtMs = this.clock.monotonicMs();
    if (change.state !== undefined) run.state = change.state;
    const { events, sequence } = this.numbered(run, change);
    const written = { openStep: run.openStep, signals: run.signals };
    const verdict = await this.parts.journal.write({
      onboardingId: run.onboardingId,
      leaseToken: run.row.leaseToken,
      state: run.state,
      results: run.unwrittenResults,
      openStep: run.openStep,
      settleMs: change.settleMs ?? null,
      sequence,
      attempt: run.attempt,
      replayOf: run.replayOf,
      signals: run.signals,
      parked: run.parked,
      answered: [...run.answered].slice(-answeredMax),
      dueMs: change.dueMs ?? null,
      leaseMs: change.leaseMs,
      mayCommandsWait: change.mayCommandsWait ?? false,
      appliedCommands: run.appliedCommands,
      events,
    });
    run.sequence = sequence;
    run.written = written;
    run.unwrittenFacts = [];
    run.unwrittenResults = {};
    run.unwrittenOnce = undefined;
    run.appliedCommands = [];
    run.hasCommands = verdict.hasCommands;
    if (change.leaseMs !== null) run.leaseUntilMs = beganAtMs + change.leaseMs;
    if (change.settleMs !== undefined) {
      run.settlesAtMs = this.clock.monotonicMs() + change.settleMs;
      if (run.openStep?.isRepeat !== true) run.intentAt = run.now();
    }
    this.parts.outbox.publish(events);
  }

  /** What is told with the next write, and how far the stage's events are numbered then. */
  private numbered(run: Run, { facts = [], end }: RunChange): { events: OutboxRow[]; sequence: number } {
    const events = [...run.unwrittenFacts, ...facts].map((fact, index) =>
      this.toOutbox(run, fact, run.sequence + index + 1),
    );
    const sequence = run.sequence + events.length;
    if (end === undefined) return { events, sequence };
    const number = run.row.toldEnd ?? sequence + 1;
    return { events: [...events, this.toOutbox(run, end, number)], sequence: Math.max(sequence, number) };
  }

  /** Runs a call until `endsAtMs` (monotonic); an answer after that goes to `onLate`. Throws what the call throws. */
  async withinLimit<Result>(
    run: Run,
    limited: {
      readonly endsAtMs: number;
      readonly call: (call: Call) => Promise<Result>;
      readonly onLate: (result: Result) => void;
    },
  ): Promise<Result> {
    const { endsAtMs } = limited;
    const timeLimitMs = Math.max(endsAtMs - this.clock.monotonicMs(), 0);
    const abort = new AbortController();
    const beganAt = this.clock.now().getTime();
    const sending = { hasBegun: false };
    const call: Call = {
      signal: abort.signal,
      timeLimitMs,
      beforeSend: () => {
        sending.hasBegun = true;
        const now = this.clock.monotonicMs();
        // A machine that was suspended: its monotonic clock may have stood still, the other one has not.
        const hasSlept = this.clock.now().getTime() - beganAt > timeLimitMs;
        if (now >= endsAtMs || endsAtMs > run.leaseUntilMs || hasSlept)
          throw new StepFailure('not-done', 'lease_too_short');
      },
    };
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = onTimeLimit(timeLimitMs, () => {
        abort.abort();
        // The client may still say whether anything was sent: a moment later it is simply unknown.
        setTimeout(reject, 100, new StepFailure('unknown-outcome', 'timed_out'));
      });
    });
    // What a call throws before its first await is its answer like what it rejects with later.
    const answer = (async () => limited.call(call))();
    try {
      return await Promise.race([answer, limit]);
    } catch (error) {
      if (abort.signal.aborted) answer.then(limited.onLate, () => undefined);
      if (sending.hasBegun || failureOf(error) !== undefined) throw error;
      this.logger.error({ err: error }, 'a step threw before its call began');
      throw new StepFailure('not-done', isDatabaseAway(error) ? 'database_away' : 'handler_failed');
    } finally {
      clearTimeout(timer);
    }
  }

  /** The truth of a call whose onboarding meanwhile belongs to somebody else. */
  async recordLate(run: Run, late: LateResult): Promise<void> {
    const isRecorded = await this.parts.journal.recordLate(run.onboardingId, late).catch((error: unknown) => {
      this.logger.error({ err: error, step: late.step }, 'a late result could not be recorded');
      return false;
    });
    this.logger.warn({ onboardingId: run.onboardingId, step: late.step, isRecorded }, 'a result came late');
  }

  private toOutbox(run: Run, fact: Fact, sequence: number): OutboxRow {
    const { event: cause } = run.row;
    const traceparent = currentTraceparent();
    const event: OnboardingEvent = {
      id: eventIdOf(run.onboardingId, this.parts.stage, sequence),
      type: fact.contract.type,
      time: run.now().toISOString(),
      onboardingId: run.onboardingId,
      tenantId: cause.tenantId,
      requestId: cause.requestId,
      applicantKind: cause.applicantKind,
      stage: this.parts.stage,
      sequence,
      correlationId: cause.correlationId,
      causationId: cause.id,
      attempt: run.attempt,
      replayOf: run.replayOf ?? undefined,
      answeredCommands: [...run.answered].slice(-answeredMax),
      data: fact.data,
    };
    const value = JSON.stringify(toEnvelope(event));
    return {
      eventId: event.id,
      onboardingId: run.onboardingId,
      topic: fact.contract.topic,
      value,
      headers: { ...checksumOf(value), ...(traceparent === undefined ? {} : { traceparent }) },
    };
  }
}
