import type pg from 'pg';
import type { Logger } from 'pino';
import { v5 as uuidv5 } from 'uuid';
import type { Fact } from '#contracts/contract.js';
import {
  parseEvent,
  toEnvelope,
  UnreadableRecord,
  type OnboardingEvent,
  type UnreadableReason,
} from '#contracts/envelope.js';
import type { Command } from '#contracts/commands.js';
import type { Clock } from '#platform/clock.js';
import { keptTraceparent } from '#platform/tracing.js';
import { checksumOf, hasRightChecksum } from './checksum.js';
import { deadLetterBytes } from './dead-letter-bytes.js';
import type { HandlerExtras } from './handles.js';
import { isRefusedData, toOutboxRecord, type OutboxRow } from './journal.js';
import type { ConsumedRecord } from './kafka-consumer.js';
import { storeBatchSql } from './sql/store-batch.js';
import type { Admitted, StageOptions } from './stage-options.js';

/** An event to be worked on, as it came. */
interface Arrival {
  readonly event: OnboardingEvent;
  readonly traceparent: string | null;
}

/** What a batch of records holds, sorted by what is to be done. */
interface Sorted {
  readonly arrivals: Arrival[];
  readonly commands: OnboardingEvent<Command>[];
  readonly events: OutboxRow[];
  /** How far their partitions are stored with them. */
  readonly offsets: readonly object[];
}

/** A new onboarding that this process may start at once. */
export interface Started extends Arrival {
  readonly hasCommands: boolean;
  readonly databaseNow: Date;
}

export interface InboxParts {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options: StageOptions;
  readonly handlers: readonly HandlerExtras[];
  /** This process's name on leases. */
  readonly owner: string;
  /** True: this process may start an onboarding of the tenant at once, and has a place for it. */
  readonly takePlace: (tenantId: string) => boolean;
  readonly giveBackPlace: (tenantId: string) => void;
}

/** Namespace of the ids of what has no onboarding: derived from where the record lay, so that a re-read changes nothing. */
const recordNamespace = '0b1c7f6e-58c5-5d38-8f0e-2a8e5f9a7b11';

/**
 * Turns records into rows: events into the stage's work, commands into its memory, and what can't be read into sealed dead
 * letters. All of a fetch is one statement; a record that the database refuses is found and becomes a dead letter.
 */
export class Inbox {
  constructor(private readonly parts: InboxParts) {}

  /**
   * Stores the records durably; a duplicate changes nothing. New onboardings that have a place here are leased to this
   * process and returned, to be started at once; the others are due now for anybody.
   */
  async store(records: readonly ConsumedRecord[]): Promise<{ started: Started[]; events: OutboxRow[] }> {
    const admitted = await this.admit(records);
    const sorted: Sorted = { arrivals: [], commands: [], events: [], offsets: toOffsetRecords(records) };
    for (const record of records) await this.sort(record, admitted.get(record), sorted);
    try {
      return { started: await this.send(sorted), events: sorted.events };
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      return this.findTheBadRecord(records);
    }
  }

  private async findTheBadRecord(
    records: readonly ConsumedRecord[],
  ): Promise<{ started: Started[]; events: OutboxRow[] }> {
    const only = records.length === 1 ? records[0] : undefined;
    if (only !== undefined) {
      const events = [await this.deadLetter(only, 'unstorable')];
      const offsets = toOffsetRecords([only]);
      return { started: await this.send({ arrivals: [], commands: [], events, offsets }), events };
    }
    const middle = Math.ceil(records.length / 2);
    const first = await this.store(records.slice(0, middle));
    const second = await this.store(records.slice(middle)).catch((error: unknown) => {
      for (const { event } of first.started) this.parts.giveBackPlace(event.tenantId);
      throw error;
    });
    return { started: [...first.started, ...second.started], events: [...first.events, ...second.events] };
  }

  private async admit(records: readonly ConsumedRecord[]): Promise<Map<ConsumedRecord, Admitted>> {
    const { admission } = this.parts.options;
    if (admission === undefined) return new Map();
    const commandTopic = this.parts.options.contracts.command.topic;
    const requests = records.filter((record) => record.topic !== commandTopic && hasRightChecksum(record));
    const verdicts = requests.length === 0 ? [] : await admission.admit(requests);
    return new Map(
      requests.flatMap((record, index) => (verdicts[index] ? [[record, verdicts[index]] as const] : [])),
    );
  }

  private async sort(record: ConsumedRecord, admitted: Admitted | undefined, sorted: Sorted): Promise<void> {
    try {
      if (!hasRightChecksum(record)) throw new UnreadableRecord('wrong_checksum');
      const { command } = this.parts.options.contracts;
      if (record.topic === command.topic) this.sortCommand(parseEvent(record.value, command), sorted);
      else if (admitted === undefined) this.sortEvent(record, sorted);
      else this.sortRequest(record, admitted, sorted);
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      sorted.events.push(await this.deadLetter(record, error.reason));
    }
  }

  /** Who takes another way never comes here: a command for it would wait for ever. */
  private sortCommand(command: OnboardingEvent<Command>, sorted: Sorted): void {
    const isOurs = this.parts.handlers.some(
      ({ options }) => (options.applicantKind ?? command.applicantKind) === command.applicantKind,
    );
    if (isOurs) sorted.commands.push(command);
  }

  private sortEvent(record: ConsumedRecord, sorted: Sorted): void {
    const ofTopic = this.parts.handlers.filter(({ contract }) => contract.topic === record.topic);
    const first = ofTopic[0];
    if (first === undefined) throw new UnreadableRecord('no_handler');
    const event = parseEvent(record.value, first.contract);
    const handler = ofTopic.find(
      ({ options }) => (options.applicantKind ?? event.applicantKind) === event.applicantKind,
    );
    // The other kind of applicant takes another way: not for us.
    if (handler === undefined) return;
    if (handler.options.from !== undefined && handler.options.from !== event.stage)
      throw new UnreadableRecord('out_of_order');
    sorted.arrivals.push({ event, traceparent: this.traceOf(record) });
  }

  private sortRequest(record: ConsumedRecord, admitted: Admitted, sorted: Sorted): void {
    if (admitted.verdict === 'unreadable') throw new UnreadableRecord(admitted.reason);
    if (admitted.verdict === 'admitted')
      sorted.arrivals.push({ event: admitted.event, traceparent: this.traceOf(record) });
    if (admitted.verdict === 'refused')
      sorted.events.push(this.answer(record, admitted.event, admitted.fact));
  }

  /** All runs of an onboarding are one trace, also where the record came without one. */
  private traceOf({ topic, headers }: ConsumedRecord): string | null {
    return keptTraceparent(`${this.parts.options.stage} receives ${topic}`, headers['traceparent']) ?? null;
  }

  private async send({ arrivals, ...rest }: Sorted): Promise<Started[]> {
    const distinct = [
      ...new Map(arrivals.toReversed().map((arrival) => [arrival.event.onboardingId, arrival])).values(),
    ];
    distinct.reverse();
    const toStart = new Set(distinct.filter(({ event }) => this.parts.takePlace(event.tenantId)));
    const inserted = await this.insert(
      distinct.map((arrival) => toRunRecord(arrival, toStart.has(arrival))),
      rest,
    ).catch((error: unknown) => {
      for (const { event } of toStart) this.parts.giveBackPlace(event.tenantId);
      throw error;
    });
    return [...toStart].flatMap((arrival) => {
      const row = inserted.get(arrival.event.onboardingId);
      if (row !== undefined) return [{ ...arrival, ...row }];
      this.parts.giveBackPlace(arrival.event.tenantId);
      return [];
    });
  }

  private async insert(
    runs: readonly object[],
    { commands, events, offsets }: Omit<Sorted, 'arrivals'>,
  ): Promise<Map<string, Pick<Started, 'hasCommands' | 'databaseNow'>>> {
    const { rows } = await this.parts.pool.query<
      Pick<Started, 'hasCommands' | 'databaseNow'> & { onboardingId: string }
    >(storeBatchSql, [
      JSON.stringify(runs),
      JSON.stringify(commands.map(toCommandRecord)),
      JSON.stringify(events.map(toOutboxRecord)),
      this.parts.owner,
      this.parts.options.settings.leaseMs,
      JSON.stringify(offsets),
    ]);
    return new Map(
      rows.map(({ onboardingId, hasCommands, databaseNow }) => [onboardingId, { hasCommands, databaseNow }]),
    );
  }

  private async deadLetter(record: ConsumedRecord, reason: UnreadableReason): Promise<OutboxRow> {
    const { contracts, personalData, stage } = this.parts.options;
    const { topic, partition, offset } = record;
    this.parts.logger.warn({ topic, partition, offset, reason }, 'a record goes to the dead letters');
    const sealed = await personalData.sealRecord(deadLetterBytes(record));
    const bytes = record.value?.length ?? 0;
    const fact = contracts.deadLetter({ topic, partition, offset, consumer: stage, reason, sealed, bytes });
    const id = uuidv5(`${topic}\n${partition}\n${offset}`, recordNamespace);
    const event = {
      onboardingId: id,
      tenantId: 'unreadable',
      requestId: 'unreadable',
      applicantKind: 'individual' as const,
    };
    return this.answer(record, { ...event, correlationId: id, id, causationId: undefined }, fact);
  }

  /** An event about a record rather than about an onboarding's progress: it has no sequence. */
  private answer(
    record: ConsumedRecord,
    cause: Pick<
      OnboardingEvent,
      'id' | 'onboardingId' | 'tenantId' | 'requestId' | 'applicantKind' | 'correlationId'
    > & {
      causationId?: string | undefined;
    },
    fact: Fact,
  ): OutboxRow {
    const { stage } = this.parts.options;
    const { topic, partition, offset } = record;
    const eventId = uuidv5(
      `${stage}\n${fact.contract.type}\n${topic}\n${partition}\n${offset}`,
      recordNamespace,
    );
    const event: OnboardingEvent = {
      ...cause,
      id: eventId,
      type: fact.contract.type,
      time: this.parts.clock.now().toISOString(),
      stage,
      sequence: undefined,
      attempt: undefined,
      replayOf: undefined,
      causationId: cause.id,
      data: fact.data,
    };
    const value = JSON.stringify(toEnvelope(event));
    const headers = checksumOf(value);
    return { eventId, onboardingId: cause.onboardingId, topic: fact.contract.topic, value, headers };
  }
}

function toRunRecord({ event, traceparent }: Arrival, isStarted: boolean): object {
  const { onboardingId, tenantId, applicantKind } = event;
  return {
    onboarding_id: onboardingId,
    tenant_id: tenantId,
    applicant_kind: applicantKind,
    event,
    traceparent,
    is_started: isStarted,
  };
}

function toCommandRecord(event: OnboardingEvent<Command>): Record<string, unknown> {
  return {
    command_id: event.data.commandId,
    onboarding_id: event.onboardingId,
    command: event.data,
    occurred_at: event.time,
  };
}

/** Of a partition the last record counts: they come in its order. */
function toOffsetRecords(records: readonly ConsumedRecord[]): object[] {
  const last = new Map(records.map((record) => [`${record.topic}-${record.partition}`, record]));
  return [...last.values()].map(({ topic, partition, offset }) => ({
    topic,
    partition,
    next_offset: String(BigInt(offset) + 1n),
  }));
}
