import type { ApplicantKind } from '#contracts/contract.js';

/** A record as it lies on a topic. */
export interface SeenRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** An effect in the ledger of FinHub's sandbox: `GET /_sandbox/ledger`. */
export interface SeenEffect {
  /** E.g. `activation:CUSTOMER`; docs/sandbox.md has them all. */
  readonly key: string;
  readonly isOnceOnly: boolean;
  readonly count: number;
  /** What each effect made, oldest first. */
  readonly objectIds: readonly string[];
}

/** How many of each an activated customer must have in FinHub's ledger, by the ledger's names. */
export type Asked = Readonly<
  Record<'employee' | 'director' | 'shareholder' | 'document' | 'consent', number>
>;

/** A request that somebody was told is taken: 200 or 202 of the gateway, or Kafka's acknowledgement. */
export interface AcknowledgedRequest {
  readonly requestId: string;
  readonly onboardingId: string;
  readonly applicantKind: ApplicantKind;
  /** How it must end, unless a command ends it or it is parked. */
  readonly expectedEnd?: 'activated' | 'rejected';
  readonly asked: Asked;
  /** FinHub decides this verification by itself, and takes no document after that: there may be fewer. */
  readonly isDecidedByFinhub?: boolean;
  /** With it a customer at FinHub is matched to the onboarding also where its registration never became known to us. */
  readonly email?: string;
}

/** A command that somebody was told is given. */
export interface AcknowledgedCommand {
  readonly commandId: string;
  readonly onboardingId: string;
  readonly command: string;
}

/** A step of which nothing but a webhook tells; `step` as in docs/finhub-effects.md, e.g. `director:<n>`. */
export interface DoubtfulStep {
  readonly stage: string;
  readonly step: string;
}

/** All that can be seen from outside, once nothing moves any more. None of it comes from a table of ours. */
export interface Seen {
  /** Every record of every topic from its beginning, in order within a partition. */
  readonly records: readonly SeenRecord[];
  readonly ledger: readonly SeenEffect[];
  readonly requests: readonly AcknowledgedRequest[];
  readonly commands: readonly AcknowledgedCommand[];
  readonly doubtfulSteps: readonly DoubtfulStep[];
  /** Texts in the personal data of the requests that are in nothing else: looked for on every topic but the intake. */
  readonly canaries: readonly string[];
}

/** The header with which a tester marks a record that nobody can read: only these may become dead letters. */
export const garbageHeader = 'tester-garbage';

/** A promise that was broken, in a sentence with the ids. */
export interface Finding {
  readonly rule: string;
  readonly sentence: string;
}
