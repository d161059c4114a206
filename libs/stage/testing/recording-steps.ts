import {
  NotYet,
  recordable,
  Steps,
  type Call,
  type Found,
  type Intent,
  type OnceOptions,
  type PollOptions,
  type Signal,
  type StepOptions,
} from '../steps.js';

/** A step as a handler took it. */
export interface TakenStep {
  readonly name: string;
  readonly kind: 'once' | 'repeatable' | 'poll';
  readonly options: StepOptions;
  /** Absent while the step has not ended, or where it threw. */
  readonly result?: unknown;
}

/** What a step of {@link RecordingSteps} throws whose look said "not yet". */
export class StillWaiting extends Error {
  readonly code: string;
  readonly missing: readonly string[];

  constructor(
    readonly step: string,
    { code, missing }: NotYet,
  ) {
    super(`${step} waits: ${code}`);
    this.code = code;
    this.missing = missing;
  }
}

/** A call without a lease, for specs that ask a client's fake. */
export const unboundedCall: Call = {
  signal: new AbortController().signal,
  timeLimitMs: 10_000,
  beforeSend: () => undefined,
};

/** Steps for specs of handlers: each is run at once, with no journal, and recorded. */
export class RecordingSteps extends Steps {
  readonly taken: TakenStep[] = [];
  private readonly finds = new Map<string, (call: Call, intent: Intent) => Promise<Found<unknown>>>();

  constructor(private readonly told: readonly Signal[] = []) {
    super();
  }

  get names(): string[] {
    return this.taken.map(({ name }) => name);
  }

  /** What the step of this name would find, had its answer been lost to a call that began at `at`. */
  async find(name: string, at = new Date(0)): Promise<Found<unknown>> {
    const find = this.finds.get(name);
    if (find === undefined) throw new Error(`no step ${name} with a find was taken`);
    return find(unboundedCall, { at });
  }

  override once<Result>(
    name: string,
    call: (call: Call) => Promise<Result>,
    options: OnceOptions<Result>,
  ): Promise<Result> {
    this.finds.set(name, options.find);
    return this.take({ name, kind: 'once', options }, call);
  }

  override repeatable<Result>(
    name: string,
    call: (call: Call) => Promise<Result>,
    options: StepOptions = {},
  ): Promise<Result> {
    return this.take({ name, kind: 'repeatable', options }, call);
  }

  override async poll<Result>(
    name: string,
    look: (call: Call) => Promise<Result | NotYet>,
    options: PollOptions,
  ): Promise<Result> {
    const seen = await this.take({ name, kind: 'poll', options }, look);
    if (seen instanceof NotYet) throw new StillWaiting(name, seen);
    return seen;
  }

  override signals(kind: string): readonly Signal[] {
    return this.told.filter((signal) => signal.kind === kind);
  }

  private async take<Result>(step: TakenStep, call: (call: Call) => Promise<Result>): Promise<Result> {
    const index = this.taken.push(step) - 1;
    const result = await call(unboundedCall);
    recordable(step.name, result);
    this.taken[index] = { ...step, result };
    return result;
  }
}
