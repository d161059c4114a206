import { onboardingCommand, type Command } from '#contracts/commands.js';
import type { ApplicantKind, Contract, Stage } from '#contracts/contract.js';
import { toEnvelope, type OnboardingEvent } from '#contracts/envelope.js';
import * as events from '#contracts/events.js';
import { eventIdOf, onboardingIdOf } from '#contracts/onboarding-id.js';
import { onboardingRequested } from '#contracts/requested.js';
import { factOf, journey } from '#contracts/journey.js';
import type { ConsumedRecord } from '#stage/kafka-consumer.js';
import { randomUUID } from 'node:crypto';

const startMs = Date.UTC(2030, 0, 1);
const customerId = 'customer-1';

/** The events of one onboarding as the services would publish them, a second apart, in the order in which they are told. */
export class Story {
  readonly onboardingId: string;
  readonly events: OnboardingEvent[] = [];
  private readonly sequences = new Map<string, number>();

  constructor(
    readonly requestId: string = `request-${randomUUID()}`,
    readonly applicantKind: ApplicantKind = 'individual',
    readonly tenantId = 'tenant-a',
  ) {
    this.onboardingId = onboardingIdOf(tenantId, requestId);
  }

  /** The last event that was told. */
  get last(): OnboardingEvent {
    return this.events.at(-1) as OnboardingEvent;
  }

  requested(data: Record<string, unknown> = {}): this {
    return this.add(onboardingRequested, { stage: 'upstream', data: { request: data }, id: randomUUID() });
  }

  refused(code: string, causationId?: string, data: Partial<events.Refused> = {}): this {
    return this.add(events.onboardingRefused, {
      stage: 'registration',
      data: { code, ...data },
      id: randomUUID(),
      causationId,
    });
  }

  /** The fact that ends a stage well. */
  passed(stage: Stage, replayOf?: string): this {
    const data = { ...(factOf[stage].example as object), customerId };
    return this.add(factOf[stage], { stage, data, replayOf });
  }

  /** Every stage from the first to `last`. */
  passedUpTo(last: Stage): this {
    const stages = journey[this.applicantKind];
    for (const stage of stages.slice(0, stages.indexOf(last) + 1)) this.passed(stage);
    return this;
  }

  attempted(stage: Stage, data: Partial<events.Attempt> = {}): this {
    return this.add(events.onboardingAttempt, {
      stage,
      data: { ...events.onboardingAttempt.example, ...data },
    });
  }

  parked(stage: Stage, data: Partial<events.Parked> = {}): this {
    return this.add(events.onboardingParked, {
      stage,
      data: { ...events.onboardingParked.example, ...data },
    });
  }

  rejected(stage: Stage, data: Partial<events.Rejected> = {}): this {
    return this.add(events.onboardingRejected, {
      stage,
      data: { ...events.onboardingRejected.example, ...data },
    });
  }

  cancelled(stage: Stage): this {
    return this.add(events.onboardingCancelled, { stage, data: events.onboardingCancelled.example });
  }

  erased(stage: Stage): this {
    return this.add(events.onboardingErased, { stage, data: events.onboardingErased.example });
  }

  /** A command without its answer. */
  asked(command: Command): this {
    return this.add(onboardingCommand, { stage: 'cli', data: command, id: command.commandId });
  }

  answered(stage: Stage, command: Command['command'], data: Partial<events.Answered> = {}): this {
    const example = { ...events.onboardingAnswered.example, commandId: randomUUID() };
    return this.add(events.onboardingAnswered, { stage, data: { ...example, command, ...data } });
  }

  private add<Data>(
    contract: Contract<Data>,
    { stage, data, ...own }: Partial<OnboardingEvent> & { stage: string; data: Data },
  ): this {
    const sequence = own.id === undefined ? (this.sequences.get(stage) ?? 0) + 1 : undefined;
    if (sequence !== undefined) this.sequences.set(stage, sequence);
    const { onboardingId, tenantId, requestId, applicantKind } = this;
    const id = eventIdOf(onboardingId, stage, sequence ?? 0);
    const time = new Date(startMs + this.events.length * 1_000).toISOString();
    const names = { onboardingId, tenantId, requestId, applicantKind, correlationId: onboardingId };
    this.events.push({ id, type: contract.type, time, ...names, stage, sequence, data, ...own });
    return this;
  }
}

/** The event as a record lies on its topic. */
export function recordOf(event: OnboardingEvent, offset = 0, partition = 0): ConsumedRecord {
  return {
    topic: event.type,
    partition,
    offset: String(offset),
    key: Buffer.from(event.onboardingId),
    value: Buffer.from(JSON.stringify(toEnvelope(event))),
    headers: {},
  };
}
