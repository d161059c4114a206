import { randomUUID } from 'node:crypto';
import type { ApplicantKind, Contract } from '#contracts/contract.js';
import { onboardingCommand, type Command } from '#contracts/commands.js';
import { toEnvelope, type OnboardingEvent } from '#contracts/envelope.js';
import { onboardingRefused, type Refused } from '#contracts/events.js';
import { eventIdOf } from '#contracts/onboarding-id.js';
import { onboardingRequested } from '#contracts/requested.js';
import type { Clock } from '#platform/clock.js';
import { currentTraceparent } from '#platform/tracing.js';
import { checksumOf } from '#stage/checksum.js';
import type { OutgoingRecord } from '#stage/kafka-producer.js';

/** What the envelope says about the onboarding that an event belongs to. */
export interface Onboarding {
  readonly onboardingId: string;
  readonly tenantId: string;
  readonly requestId: string;
  readonly applicantKind: ApplicantKind;
}

const stage = 'gateway';
/** The gateway's only fact about an onboarding is that it was requested. */
const requestedSequence = 1;

/** What the gateway's events, and its log lines, call an onboarding by. */
export function namesOf(onboardingId: string): Record<'onboardingId' | 'correlationId', string> {
  return { onboardingId, correlationId: onboardingId };
}

/** Makes the records that the gateway publishes; each carries the trace that it is made in. */
export class GatewayRecords {
  constructor(private readonly clock: Clock) {}

  /**
   * `onboarding.requested.v1` of an admitted onboarding, with the request in the vault. Made from the admission alone: however
   * often it is published, it is the same event with the same id.
   */
  requested(onboarding: Onboarding, admittedAt: Date): OutgoingRecord {
    return this.record(onboardingRequested, onboarding, {
      data: { isVaulted: true },
      id: eventIdOf(onboarding.onboardingId, stage, requestedSequence),
      time: admittedAt.toISOString(),
      sequence: requestedSequence,
    });
  }

  /** `onboarding.refused.v1`: a fact of its own each time, without a sequence, for it ends and reserves nothing. */
  refused(onboarding: Onboarding, data: Refused): OutgoingRecord {
    return this.record(onboardingRefused, onboarding, { data });
  }

  /** `onboarding.command.v1`; its id is the command's, so a repeated command is one command. */
  command(onboarding: Onboarding, data: Command): OutgoingRecord {
    return this.record(onboardingCommand, onboarding, { data, id: data.commandId });
  }

  private record<Data>(
    contract: Contract<Data>,
    { onboardingId, tenantId, requestId, applicantKind }: Onboarding,
    own: Partial<OnboardingEvent> & { readonly data: Data },
  ): OutgoingRecord {
    const event: OnboardingEvent<Data> = {
      id: randomUUID(),
      type: contract.type,
      time: this.clock.now().toISOString(),
      ...{ tenantId, requestId, applicantKind },
      stage,
      ...namesOf(onboardingId),
      ...own,
    };
    const value = JSON.stringify(toEnvelope(event));
    const traceparent = currentTraceparent();
    return {
      topic: contract.topic,
      key: onboardingId,
      value,
      headers: { ...checksumOf(value), ...(traceparent === undefined ? {} : { traceparent }) },
    };
  }
}
