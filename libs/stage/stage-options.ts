import type { ApplicantKind, Fact, FactContract, Stage } from '#contracts/contract.js';
import type { Command } from '#contracts/commands.js';
import type { OnboardingEvent, UnreadableReason } from '#contracts/envelope.js';
import type { Answered, Attempt, Cancelled, Erased, Parked, Refused, Rejected } from '#contracts/events.js';
import type { CircuitEvent, DeadLetter } from '#contracts/operational-topics.js';
import type { CommandAnswerCode, ParkingCode } from '#contracts/reason-codes.js';
import type { ConsumedRecord } from './kafka-consumer.js';
import { defaultRetryPolicy, type RetryPolicy } from './retry.js';

export type { ConsumedRecord };

/** The contracts of what the runtime itself publishes and consumes: it knows no topic by name. */
export interface RuntimeContracts {
  readonly attempt: FactContract<Attempt>;
  readonly parked: FactContract<Parked>;
  readonly rejected: FactContract<Rejected>;
  readonly cancelled: FactContract<Cancelled>;
  readonly refused: FactContract<Refused>;
  readonly answered: FactContract<Answered>;
  readonly erased: FactContract<Erased>;
  readonly deadLetter: FactContract<DeadLetter>;
  readonly circuit: FactContract<CircuitEvent>;
  readonly command: FactContract<Command>;
}

/** What the runtime needs of whoever keeps the personal data; it never sees any. */
export interface PersonalData {
  /** Seals a record that could not be read, byte for byte. */
  sealRecord(bytes: Buffer): Promise<string>;
  /** A keyed hash of a step's input. */
  fingerprint(input: unknown): string;
  /** Idempotent. With the code of the refusal where the onboarding has no such correction, or no place for it. */
  acceptCorrection(
    onboardingId: string,
    correctionId: string,
  ): Promise<{ readonly refusedAs?: CommandAnswerCode }>;
  revertCorrection(onboardingId: string, correctionId: string): Promise<void>;
  /** Destroys the key and says what was found where; `held` when a hold forbids it. Idempotent. */
  erase(onboardingId: string): Promise<readonly { place: string; found: string }[] | 'held'>;
  /** What a handler that threw this error is parked with when its retries are over; undefined where it is not about personal data. */
  parkingCodeOf?(error: unknown): ParkingCode | undefined;
}

/** What admission made of a record of the intake. */
export type Admitted =
  | { readonly verdict: 'admitted'; readonly event: OnboardingEvent }
  /** Not admitted, and the upstream is told. */
  | { readonly verdict: 'refused'; readonly event: OnboardingEvent; readonly fact: Fact<Refused> }
  | { readonly verdict: 'unreadable'; readonly reason: UnreadableReason }
  /** Nothing to do: the person has been erased. */
  | { readonly verdict: 'ignored' };

/** Decides, for the first stage, which records of the intake are new. One verdict per record, in order. */
export interface Admission {
  admit(records: readonly ConsumedRecord[]): Promise<readonly Admitted[]>;
}

/** Bounds and times of one stage's process. */
export interface StageSettings {
  /** Onboardings worked on at the same time. */
  readonly inFlightMax: number;
  /** Due but unfinished rows at which the partitions are paused; they go on at half of it. */
  readonly unfinishedMax: number;
  readonly leaseMs: number;
  /** The time limit of a call whose step says nothing else. */
  readonly callLimitMs: number;
  /** How long after a call's time limit the other side may still be doing it. */
  readonly settleMs: number;
  /** How long evidence is waited for before an onboarding is in doubt. */
  readonly evidenceMs: number;
  /** Pause between two looks for due rows. */
  readonly claimIntervalMs: number;
  readonly retry: RetryPolicy;
  /** How long nobody begins a kind of step that fails for everybody, before one call probes; later up to 15 times as long. */
  readonly circuitHoldMs: number;
}

export const defaultStageSettings: StageSettings = {
  inFlightMax: 200,
  unfinishedMax: 250_000,
  leaseMs: 16_000,
  callLimitMs: 10_000,
  settleMs: 5_000,
  evidenceMs: 120_000,
  claimIntervalMs: 200,
  retry: defaultRetryPolicy,
  circuitHoldMs: 2_000,
};

/** How far an onboarding is in the stage where it is to be corrected. */
export interface CorrectionPlace {
  readonly applicantKind: ApplicantKind;
  readonly finishedSteps: readonly string[];
}

/** What makes a stage of the runtime. */
export interface StageOptions {
  readonly stage: Stage;
  readonly contracts: RuntimeContracts;
  readonly personalData: PersonalData;
  readonly settings: StageSettings;
  /** True for the last stage: what its handlers return is the onboarding's end. */
  readonly endsJourney: boolean;
  /** Only the first stage admits; the topic is its handler's. */
  readonly admission?: Admission;
  /** What a final no is called at the end of an onboarding, where it has another name than the failure. */
  readonly endCodes?: Readonly<Record<string, string>>;
  /** Which commands' signals the handlers of this stage ask for, e.g. `approve`. */
  readonly signals: readonly string[];
  /** Where a tenant's calls go: tenants of one host share its fate. */
  hostOf?(tenantId: string): string;
  /** How long a call of the tenant would wait for its turn now, where calls are limited. */
  expectedWaitMs?(tenantId: string): number;
  /** May a correction under this pointer be applied here, or has an earlier stage or step used the value? */
  isCorrectable(pointer: string, at: CorrectionPlace): boolean;
  /** Called, maybe repeatedly, once an onboarding's end in this stage is durable, or sure to be (a command). */
  whenEnded?(onboardingId: string): Promise<void>;
}
