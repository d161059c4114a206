import type { OnboardingEvent } from '#contracts/envelope.js';
import type { Registers } from './registers.js';

/** An event and where it lies. */
export interface StoredEvent {
  readonly event: OnboardingEvent;
  /** The event as JSON. */
  readonly content: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** Who an onboarding is about, and what its registers say. `revision` counts the changes: 0 where there is no row yet. */
export interface StoredOnboarding {
  readonly onboardingId: string;
  readonly tenantId: string;
  readonly requestId: string;
  readonly revision: number;
  readonly registers: Registers;
}

/** A record that could not be read: by a stage, which told so, or here. `sealed` opens with the vault's key only. */
export interface StoredDeadLetter {
  readonly id: string;
  readonly at: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly consumer: string;
  readonly reason: string;
  readonly bytes: number;
  readonly sealed: string;
}

/** Up to where a partition is stored: the offset of the next record to read. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: string;
}
