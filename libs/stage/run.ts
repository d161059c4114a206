import type { ApplicantKind, Fact } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import type { LastAnswer, StepSummary } from '#contracts/events.js';
import type { ParkingCode } from '#contracts/reason-codes.js';
import type { Clock } from '#platform/clock.js';
import type { OpenStep } from './open-step.js';
import type { Signal } from './steps.js';

/**
 * `active`: to be worked on when due. `waiting`: a poll said "not yet". `parked`, `paused`: a human has to act.
 * `passed`: the stage is done, its event is out. `ended`: the onboarding ended in this stage.
 */
export type RunState = 'active' | 'waiting' | 'parked' | 'paused' | 'passed' | 'ended';

export interface StepResult {
  readonly result: unknown;
  readonly tries: number;
  readonly ms: number;
  /** Keyed hash of the step's input. */
  readonly input?: string | undefined;
}

/** The result of an intent, on its way to the row by whichever way is left. */
export interface LateResult {
  readonly step: string;
  readonly intentId: string | undefined;
  readonly result: StepResult;
}

export interface ParkedReason {
  readonly code: ParkingCode;
  readonly step?: string | undefined;
  readonly isInDoubt: boolean;
  readonly attempts: number;
  readonly lastAnswer?: LastAnswer | undefined;
}

/** One onboarding in this stage, as its row in `stage_run` says. */
export interface RunRow {
  readonly onboardingId: string;
  readonly event: OnboardingEvent;
  readonly traceparent: string | null;
  readonly state: RunState;
  readonly results: Readonly<Record<string, StepResult>>;
  readonly openStep: OpenStep | null;
  readonly intentAt: Date | null;
  /** Until nobody can still be doing the call of the open intent; negative when that has passed. */
  readonly settlesInMs: number;
  /** After a restored backup: since when there may have been calls of which the row does not know. */
  readonly lookFirstSince: Date | null;
  readonly sequence: number;
  /** After a restored backup: the number under which the stage's end was told, before its last steps are done again. */
  readonly toldEnd: number | null;
  readonly attempt: number;
  readonly replayOf: string | null;
  readonly signals: readonly Signal[];
  readonly parked: ParkedReason | null;
  /** Commands that this stage has answered. */
  readonly answered: readonly string[];
  readonly leaseToken: string;
  readonly hasCommands: boolean;
  /** The database's clock when the row was read. */
  readonly databaseNow: Date;
}

/** What a write changes besides what the run has gathered. */
export interface RunChange {
  readonly state?: RunState;
  /** When to look again; `null`: never by itself. Only read when the lease is given back. */
  readonly dueMs?: number | null;
  /** The lease for what comes next; `null` gives it back. */
  readonly leaseMs: number | null;
  /** Set with an intent: how long until nobody can still be doing its call. */
  readonly settleMs?: number;
  readonly facts?: readonly Fact[];
  /** The event with which the stage ends: a good end is told under the same number whenever it is told again. */
  readonly end?: Fact;
  /** The commands that wait have been seen and can't be applied yet: `dueMs` counts all the same. */
  readonly mayCommandsWait?: boolean;
}

/** An onboarding under way in this process: its row plus what has not been written yet. */
export class Run {
  state: RunState;
  openStep: OpenStep | null;
  signals: readonly Signal[];
  parked: ParkedReason | null;
  attempt: number;
  replayOf: string | null;
  sequence: number;
  intentAt: Date | null;
  hasCommands: boolean;
  /** Monotonic: from then on nobody can still be doing the open intent's call. */
  settlesAtMs: number;
  /** Monotonic: the lease is ours until then; counted from before the statement that took it. */
  leaseUntilMs: number;
  readonly results: Record<string, StepResult>;
  /** What the row says: all that is left when a write is refused for good. */
  written: { readonly openStep: OpenStep | null; readonly signals: readonly Signal[] };
  /** Results and facts that the next write takes along. */
  unwrittenResults: Record<string, StepResult> = {};
  unwrittenFacts: Fact[] = [];
  /** The result of a `once` step is among the unwritten ones: it must be durable before the next step. */
  unwrittenOnce: LateResult | undefined;
  /** Commands that this or an earlier stage has answered: no stage answers them again. */
  readonly answered: Set<string>;
  /** Commands that the next write marks as applied. */
  appliedCommands: string[] = [];
  /** A correction or a human's result on trial: confirmed when the handler gets past its finished steps. */
  trial:
    | {
        readonly confirm: () => void;
        /** With the code of the refusal where it is another than the command's own. */
        readonly revert: (code?: string) => Promise<void>;
        isConfirmed: boolean;
      }
    | undefined;

  private readonly readAtMs: number;

  constructor(
    readonly row: RunRow,
    private readonly clock: Clock,
    lease: { readonly readAtMs: number; readonly leaseMs: number },
  ) {
    this.state = row.state;
    this.openStep = row.openStep;
    this.signals = row.signals;
    this.answered = new Set([...(row.event.answeredCommands ?? []), ...row.answered]);
    this.parked = row.parked;
    this.attempt = row.attempt;
    this.replayOf = row.replayOf;
    this.sequence = row.sequence;
    this.intentAt = row.intentAt;
    this.hasCommands = row.hasCommands;
    this.results = { ...row.results };
    this.written = { openStep: row.openStep, signals: row.signals };
    this.readAtMs = lease.readAtMs;
    this.settlesAtMs = clock.monotonicMs() + row.settlesInMs;
    this.leaseUntilMs = lease.readAtMs + lease.leaseMs;
  }

  get onboardingId(): string {
    return this.row.onboardingId;
  }

  get tenantId(): string {
    return this.row.event.tenantId;
  }

  get applicantKind(): ApplicantKind {
    return this.row.event.applicantKind;
  }

  /** The database's clock, carried on by the monotonic one: a jump of this machine's clock does not matter. */
  now(): Date {
    return new Date(this.row.databaseNow.getTime() + (this.clock.monotonicMs() - this.readAtMs));
  }

  /** Milliseconds since `iso`, by {@link now}. */
  since(iso: string): number {
    return this.now().getTime() - Date.parse(iso);
  }

  /** True while an answer is missing and someone may still be doing the call. */
  get isSettling(): boolean {
    return this.openStep?.state === 'intent' && this.clock.monotonicMs() < this.settlesAtMs;
  }

  /** After a restored backup: there may have been calls of which the row does not know. */
  get mayHaveForgotten(): boolean {
    return this.row.lookFirstSince !== null;
  }

  /** After a restored backup: the stage has told its good end, and does its last steps again. */
  get hasToldEnd(): boolean {
    return this.row.toldEnd !== null;
  }

  /** After a restored backup a step without any record may have been called all the same: as if its answer were lost. */
  lookFirst(name: string): void {
    if (!this.mayHaveForgotten || this.openStep !== null) return;
    this.openStep = { name, state: 'intent', tries: 0, sinceAt: this.now().toISOString() };
    // All who could still be doing it ended before the backup was restored.
    this.settlesAtMs = this.clock.monotonicMs();
  }

  /** The earliest moment at which the call of the open intent can have begun. */
  mayHaveBegunAt(): Date {
    const known = [this.intentAt, this.row.lookFirstSince].filter((at) => at !== null);
    return known.length === 0 ? this.now() : new Date(Math.min(...known.map((at) => at.getTime())));
  }

  finishStep(name: string, result: StepResult): void {
    this.results[name] = result;
    this.unwrittenResults[name] = result;
    this.openStep = null;
  }

  /** The handler has got past its finished steps: what is on trial is applied. */
  confirmTrial(): void {
    if (this.trial === undefined || this.trial.isConfirmed) return;
    this.trial.isConfirmed = true;
    this.trial.confirm();
  }

  /** Takes back a result that is not written yet. */
  forgetStep(name: string): void {
    Reflect.deleteProperty(this.results, name);
    Reflect.deleteProperty(this.unwrittenResults, name);
  }

  summary(): StepSummary[] {
    return Object.entries(this.results).map(([name, { tries, ms }]) => ({ name, tries, ms: Math.round(ms) }));
  }
}
