import type { ApplicantKind } from '#contracts/contract.js';
import type { LastAnswer, RuleError } from '#contracts/events.js';

/**
 * What the events so far say of an onboarding, as registers that each keep the latest (or least) of what they were shown:
 * `decide` of `journey.rules.ts` folds events into them, `standingOf` of `standing.rules.ts` reads them.
 */
export interface Registers {
  /** When the intake saw the first request. */
  readonly requestedAt?: string;
  /** When the first thing happened that anyone told: stands in for `requestedAt` where the intake has forgotten. */
  readonly firstAt?: string;
  /** What the intake says the applicant is; `kind` is what the stages say. */
  readonly askedAs?: ApplicantKind;
  readonly kind?: ApplicantKind;
  /** FinHub's customer, once known. */
  readonly customerId?: string;
  readonly intake?: Intake;
  /** Whether a stage has worked on it, which proves that it was admitted. */
  readonly isStaged?: true;
  /** The latest thing that moved it. */
  readonly progress?: Mark & Progress;
  readonly pause?: Mark & { readonly isPaused: boolean };
  readonly end?: Mark & End;
  readonly erasedAt?: string;
  /** Whether a command took it up again: such onboardings count once in a funnel, and are told apart. */
  readonly isReplayed?: true;
}

/** Ids of the requests that were seen, and of those that were refused. */
export interface Intake {
  readonly seen: readonly string[];
  readonly refused: readonly string[];
  readonly code?: string;
}

/** Where in the journey something happened. */
export interface Mark {
  readonly at: string;
  readonly stage: string;
  /** Place of the stage in the journey of this kind of applicant; -1 for what is no stage. */
  readonly order: number;
  readonly sequence: number;
  /** The event's id. */
  readonly event: string;
}

/** Where an onboarding that has not ended stands; `attempts` are those of its step. */
export interface Progress {
  readonly state: 'in_progress' | 'waiting' | 'parked';
  /** The stage that has it. */
  readonly stands: string;
  readonly code?: string;
  readonly step?: string;
  readonly attempts?: number;
  readonly isInDoubt?: boolean;
  readonly lastAnswer?: LastAnswer;
  readonly nextAt?: string;
  readonly deadlineAt?: string;
}

/** How an onboarding ended. */
export interface End {
  readonly state: 'activated' | 'rejected' | 'cancelled';
  readonly code?: string;
  readonly step?: string;
  readonly errors?: readonly RuleError[];
}
