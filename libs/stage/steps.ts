import { BaseRpcContext } from '@nestjs/microservices';
import type { ParkingCode } from '#contracts/reason-codes.js';

/** What a step's function gets: it must end within `timeLimitMs`, and obey `signal`. */
export interface Call {
  readonly signal: AbortSignal;
  /** From the intent (or the call's start) to the end of the answer. */
  readonly timeLimitMs: number;
  /**
   * To be called in the same tick in which the request is written to the socket. Throws when the call must not begin any
   * more: the lease does not outlive it.
   */
  beforeSend(): void;
}

/**
 * What a look-up says of a call whose answer was lost. `absent`: it did not happen, call. `present`: it did, with this
 * result. `unknown`: it may have, wait for evidence. `repeat`: nothing tells, but calling again is safe because a second
 * one is refused; that refusal then means `unknown`.
 */
export type Found<Result> =
  | { readonly state: 'absent' }
  | { readonly state: 'present'; readonly result: Result }
  | { readonly state: 'unknown' }
  | { readonly state: 'repeat' };

/** A recorded result has so many bytes of JSON at most. A request may declare 50 documents, each some 140 bytes of one result. */
export const resultBytesMax = 8_192;

/** The result of a step as it is recorded, `null` for none. Throws where it is too large for that. */
export function recordable(step: string, result: unknown): unknown {
  const recorded = result === undefined ? null : result;
  const bytes = JSON.stringify(recorded).length;
  if (bytes > resultBytesMax)
    throw new Error(
      `the result of step ${step} has ${bytes} bytes, more than the ${resultBytesMax} that are recorded`,
    );
  return recorded;
}

/** What a poll says when it is not yet: the reason code goes into the `onboarding.attempt` event. */
export class NotYet {
  /** `missing`: what the other side says is missing, in its words and without personal data; shown when it is parked. */
  constructor(
    readonly code: ParkingCode,
    readonly missing: readonly string[] = [],
  ) {}
}

/** When the call began whose answer was lost, by the database's clock. */
export interface Intent {
  readonly at: Date;
}

/** What was told about this onboarding from outside: an officer's approval, a webhook's evidence. */
export interface Signal {
  readonly kind: string;
  readonly by: string;
  /** When it happened, as the teller says; ISO 8601. */
  readonly occurredAt: string;
  readonly customerId?: string | undefined;
  readonly verificationId?: string | undefined;
}

export interface StepOptions {
  /** What the call depends on: a correction that would change it is refused once the step is finished. */
  readonly input?: unknown;
  /** Default: `callLimitMs` of the stage's settings. */
  readonly timeLimitMs?: number;
}

export interface OnceOptions<Result> extends StepOptions {
  /** The fields (texts) without which the handler can't go on: a human who resolves the step has to give them. */
  readonly needs?: readonly string[];
  /** Asked only after the call's time limit and the settle time have passed since the intent. */
  readonly find: (call: Call, intent: Intent) => Promise<Found<Result>>;
}

export interface PollOptions extends StepOptions {
  /** The first pause between two looks; doubles up to `everyMaxMs`. */
  readonly everyMs: number;
  readonly everyMaxMs: number;
  /** From the first look that said "not yet". */
  readonly deadlineMs: number;
  /** The reason code with which the onboarding is parked at the deadline. */
  readonly overdue: ParkingCode;
}

/**
 * The durable steps of one onboarding in one stage. A handler calls them one after the other; a finished one gives its
 * recorded result, without calling, when the handler is run again after a crash, a retry or a replay. What a step returns
 * is recorded and must be a small JSON value without personal data. Step names are part of the contract with onboardings
 * that wait for days: a name may be renamed only when nobody waits in it.
 */
export abstract class Steps extends BaseRpcContext<[]> {
  constructor() {
    super([]);
  }

  /** A call that must not happen twice. The intent is durable before it, the result before the next step. */
  abstract once<Result>(
    name: string,
    call: (call: Call) => Promise<Result>,
    options: OnceOptions<Result>,
  ): Promise<Result>;

  /** A call that may happen again: reads, sessions, consents. */
  abstract repeatable<Result>(
    name: string,
    call: (call: Call) => Promise<Result>,
    options?: StepOptions,
  ): Promise<Result>;

  /** Looks until there is a result; between two looks the onboarding waits, holding nothing. */
  abstract poll<Result>(
    name: string,
    look: (call: Call) => Promise<Result | NotYet>,
    options: PollOptions,
  ): Promise<Result>;

  /** The signals of a kind, oldest first. */
  abstract signals(kind: string): readonly Signal[];
}
