import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { refuseOlderDatabase } from '#stage/kafka-ahead.js';
import { kafkaClient, type KafkaSettings } from '#stage/kafka-client.js';
import { Consumer } from '#stage/kafka-consumer.js';
import { carryOver } from './carry-over.js';
import type { Generations } from './generations.js';
import { LogRanges } from './log-ranges.js';
import type { Projection } from './projection.js';
import { Repeating } from './repeating.js';
import type { Generation } from './sql/open-generations.js';
import { storedPositions } from './sql/stored-positions.js';
import type { Topics } from './topics.js';

export interface ReadersParts {
  readonly pool: Pool;
  readonly generations: Generations;
  readonly projection: Projection;
  readonly topics: Topics;
  readonly kafka: Omit<KafkaSettings, 'clientId'>;
  readonly logger: Logger;
  /** The process can't go on and shall end. */
  readonly onFatal: (sentence: string) => void;
  /** Which generations this process reads; all open ones unless told. */
  readonly isWanted?: (generation: Generation) => boolean;
}

const lookIntervalMs = 1_000;
const clientId = 'tracker';
/** Brokers that are away are waited for. */
const startRetries = 1_000_000;

/** A generation that is read by this process; `started` resolves in any case. */
interface Reading {
  readonly consumer: Consumer;
  readonly started: Promise<void>;
}

/**
 * Reads every topic into every open generation, each with a consumer group of its own, in step with what other processes
 * begin and end: a rebuild asked of one of them is worked on by all, and any of them switches when it has caught up.
 */
export class Readers {
  private readonly readings = new Map<number, Reading>();
  private readonly logRanges: LogRanges;
  private readonly loop: Repeating;
  private live: number | undefined;

  constructor(private readonly parts: ReadersParts) {
    this.logRanges = new LogRanges({ ...parts, kafka: { ...parts.kafka, clientId } });
    this.loop = new Repeating({
      name: 'following the generations',
      pauseMs: lookIntervalMs,
      logger: parts.logger,
      run: () => this.follow(),
    });
  }

  start(): void {
    this.loop.start();
  }

  /** Leaves the groups at once, so that others take the partitions over. */
  async stop(): Promise<void> {
    const readings = [...this.readings.values()];
    this.readings.clear();
    await Promise.all([this.loop.stop(), ...readings.map(stopReading)]);
    await this.logRanges.stop();
  }

  /** Do not wait for the next look. */
  wake(): void {
    this.loop.wake();
  }

  /** Records behind the end of the topics in the live generation, as of the last look; undefined before the first. */
  get lag(): number | undefined {
    return this.liveConsumer()?.lag;
  }

  /** Undefined when all is well, else a sentence for the readiness probe. */
  unready(): string | undefined {
    const consumer = this.liveConsumer();
    return consumer === undefined ? 'no generation is read yet' : consumer.unready();
  }

  /** Records that a generation has not stored yet. */
  async behind(generation: number): Promise<number> {
    return this.parts.generations.behind(generation, await this.logRanges.read());
  }

  private liveConsumer(): Consumer | undefined {
    return this.live === undefined ? undefined : this.readings.get(this.live)?.consumer;
  }

  private async follow(): Promise<void> {
    const open = await this.parts.generations.open();
    const wanted = open.filter(this.parts.isWanted ?? (() => true));
    for (const generation of wanted) this.begin(generation);
    this.live = open.find(({ state }) => state === 'live')?.number;
    for (const number of this.readings.keys()) {
      if (!open.some((generation) => generation.number === number)) await this.end(number);
    }
    const building = wanted.find(({ state }) => state === 'building');
    if (building !== undefined && this.live !== undefined) await this.trySwitch(this.live, building.number);
  }

  private begin(generation: Generation): void {
    const { number, groupId } = generation;
    if (this.readings.has(number) || this.loop.isStopped) return;
    const { logger, kafka, projection, topics, onFatal } = this.parts;
    const consumer = new Consumer({
      kafka: { ...kafka, clientId: `${clientId}-${number}` },
      groupId,
      topics: [...topics.read.keys()],
      onBatch: (records) => projection.project(number, records),
      onFatal,
      logger,
    });
    logger.info({ generation: number, groupId }, 'reading a generation');
    const started = this.refuseOlder(generation)
      .then(() => consumer.start())
      .catch((error: unknown) => {
        if (this.readings.has(number)) onFatal(`the topics cannot be read: ${String(error)}`);
      });
    this.readings.set(number, { consumer, started });
  }

  /** What a restored database has forgotten lies before the group's offsets: nobody would read it again. */
  private async refuseOlder({ number, groupId }: Generation): Promise<void> {
    const { kafka, pool, logger } = this.parts;
    const atStart = kafkaClient(
      { ...kafka, clientId: `${clientId}-${number}-start` },
      { retries: startRetries, logger },
    );
    await refuseOlderDatabase({ kafka: atStart, pool, groupId, stored: storedPositions(number) });
  }

  private async end(number: number): Promise<void> {
    const reading = this.readings.get(number);
    this.readings.delete(number);
    if (reading !== undefined) await stopReading(reading);
    this.parts.logger.info({ generation: number }, 'a generation is read no more');
  }

  private async trySwitch(live: number, building: number): Promise<void> {
    const { generations, logger, pool, projection } = this.parts;
    const ranges = await this.logRanges.read();
    if ((await generations.behind(building, ranges)) > switchWithin) return;
    await carryOver({ pool, projection }, { live, building, ranges });
    if (!(await generations.switchTo(building, ranges))) return;
    logger.info({ from: live, to: building }, 'the rebuilt generation is live');
    this.loop.wake();
  }
}

/** Records that the rebuild may be behind when it first tries to take over. */
const switchWithin = 1_000;

const startLimitMs = 500;

/** A consumer that is stopped while it starts would join its group all the same: it is stopped once more then. */
async function stopReading({ consumer, started }: Reading): Promise<void> {
  await consumer.stop();
  const stoppedAgain = started.then(() => consumer.stop());
  await Promise.race([stoppedAgain, delay(startLimitMs, undefined, { ref: false })]);
}
