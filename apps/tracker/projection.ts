import { UnreadableRecord, type UnreadableReason } from '#contracts/envelope.js';
import { onboardingCommand } from '#contracts/commands.js';
import { onboardingDeadLetter } from '#contracts/operational-topics.js';
import type { Clock } from '#platform/clock.js';
import type { ConsumedRecord } from '#stage/kafka-consumer.js';
import type { Pool, PoolClient } from 'pg';
import { v5 as uuidv5 } from 'uuid';
import { asTenant, everyTenant, sqlStateOf } from './database.js';
import { decide, is } from './journey.rules.js';
import { readRecord } from './read-record.js';
import { advancePositions } from './sql/advance-positions.js';
import { fenceGeneration } from './sql/fence-generation.js';
import { insertDeadLetters } from './sql/insert-dead-letters.js';
import { insertEvents } from './sql/insert-events.js';
import { loadOnboardings } from './sql/load-onboardings.js';
import { OnboardingsChanged, saveOnboardings, type Change } from './sql/save-onboardings.js';
import type { Position, StoredDeadLetter, StoredEvent, StoredOnboarding } from './stored.js';
import type { Topics } from './topics.js';

/** Seals a record that could not be read, byte for byte, to the vault's key. */
export type SealRecord = (record: ConsumedRecord) => Promise<string>;

export interface ProjectionParts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly seal: SealRecord;
  readonly topics: Topics;
  /** Told after rows were stored. */
  readonly onStored?: (generation: number, records: number) => void;
}

/** What a record became: an event that is folded, or a dead letter. */
interface Reading {
  readonly record: ConsumedRecord;
  readonly event?: StoredEvent;
  readonly letter?: StoredDeadLetter;
  /** Whether the dead letter is the tracker's own word. */
  readonly isOwn?: true;
}

const triesMax = 10;

/**
 * Turns records into rows of a generation. Idempotent, and indifferent to order; a record that cannot be read or stored
 * becomes a dead letter and holds up no other. One statement per table and fetch, all of them in one transaction.
 */
export class Projection {
  constructor(private readonly parts: ProjectionParts) {}

  /** Stores what the records say; once it resolves, their offsets may move. Rejects only while Postgres is away. */
  async project(generation: number, records: readonly ConsumedRecord[]): Promise<void> {
    const readings = await Promise.all(records.map((record) => this.read(record)));
    await this.store(generation, readings);
    this.parts.onStored?.(generation, records.length);
  }

  /** Folds events that another generation has kept. */
  async carryOver(generation: number, events: readonly StoredEvent[]): Promise<void> {
    await this.inTransaction(async (client) => {
      if (await fenceGeneration(client, generation)) await storeEvents(client, generation, events);
    });
  }

  private async read(record: ConsumedRecord): Promise<Reading> {
    try {
      return readingOf(record, this.parts.topics);
    } catch (error) {
      // Anything else is a value too deep to be written down again.
      return this.ownLetter(record, error instanceof UnreadableRecord ? error.reason : 'unstorable');
    }
  }

  private async ownLetter(record: ConsumedRecord, reason: UnreadableReason): Promise<Reading> {
    const { topic, partition, offset } = record;
    const letter = {
      id: uuidv5(`tracker\n${topic}\n${partition}\n${offset}`, uuidv5.URL),
      at: this.parts.clock.now().toISOString(),
      topic,
      partition,
      offset,
      consumer: 'tracker',
      reason,
      bytes: record.value?.length ?? 0,
      sealed: await this.parts.seal(record),
    };
    return { record, letter, isOwn: true };
  }

  /** Halves what Postgres refuses until the one that it refuses is found. */
  private async store(generation: number, readings: readonly Reading[]): Promise<void> {
    try {
      await this.inTransaction((client) => storeReadings(client, generation, readings));
    } catch (error) {
      const [only] = readings;
      if (only === undefined || !isAboutContent(error) || only.isOwn) throw error;
      const middle = Math.ceil(readings.length / 2);
      if (readings.length === 1)
        return this.store(generation, [await this.ownLetter(only.record, 'unstorable')]);
      await this.store(generation, readings.slice(0, middle));
      await this.store(generation, readings.slice(middle));
    }
  }

  private async inTransaction(work: (client: PoolClient) => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await asTenant(this.parts.pool, everyTenant, work);
        return;
      } catch (error) {
        if (tries >= triesMax || !isPassing(error)) throw error;
      }
    }
  }
}

function readingOf(record: ConsumedRecord, topics: Topics): Reading {
  const contract = topics.read.get(record.topic);
  if (contract === undefined) throw new UnreadableRecord('unknown_type');
  const event = readRecord(record, contract);
  if (is(event, onboardingDeadLetter)) {
    return { record, letter: { ...event.data, id: event.id, at: event.time } };
  }
  const { topic, partition, offset } = record;
  return { record, event: { event, content: JSON.stringify(event), topic, partition, offset } };
}

async function storeReadings(
  client: PoolClient,
  generation: number,
  readings: readonly Reading[],
): Promise<void> {
  if (!(await fenceGeneration(client, generation))) return;
  const letters = readings.flatMap(({ letter }) => letter ?? []);
  await insertDeadLetters(client, generation, letters);
  await storeEvents(
    client,
    generation,
    readings.flatMap(({ event }) => event ?? []),
  );
  await advancePositions(client, generation, positionsOf(readings));
}

async function storeEvents(
  client: PoolClient,
  generation: number,
  events: readonly StoredEvent[],
): Promise<void> {
  await insertEvents(client, generation, events);
  const told = events.filter(({ event }) => !is(event, onboardingCommand));
  const ids = [...new Set(told.map(({ event }) => event.onboardingId))];
  const held = await loadOnboardings(client, generation, ids);
  const changes = new Map<string, Change>();
  for (const { event } of told) {
    const { onboardingId, tenantId, requestId } = event;
    const before = changes.get(onboardingId)?.before ?? {
      onboardingId,
      tenantId,
      requestId,
      ...(held.get(onboardingId) ?? { registers: {}, revision: 0 }),
    };
    const after: StoredOnboarding = changes.get(onboardingId)?.after ?? before;
    const registers = decide(after.registers, event);
    if (registers !== after.registers) changes.set(onboardingId, { before, after: { ...after, registers } });
  }
  await saveOnboardings(client, generation, [...changes.values()]);
}

/** Records of a partition come in order: the last one says how far it is read. */
function positionsOf(readings: readonly Reading[]): readonly Position[] {
  const positions = new Map<string, Position>();
  for (const { record } of readings) {
    const { topic, partition, offset } = record;
    positions.set(`${topic}/${partition}`, { topic, partition, nextOffset: String(BigInt(offset) + 1n) });
  }
  return [...positions.values()];
}

/** Another process was at the same rows: the same again will do. */
function isPassing(error: unknown): boolean {
  return error instanceof OnboardingsChanged || ['40001', '40P01'].includes(sqlStateOf(error));
}

/** A value out of range, a broken constraint, a limit of Postgres: what comes again with the same content. */
function isAboutContent(error: unknown): boolean {
  return ['22', '23', '54'].includes(sqlStateOf(error).slice(0, 2));
}
