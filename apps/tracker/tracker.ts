import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock.js';
import { databaseCheck, type HealthCheck } from '#platform/health.js';
import type { KafkaSettings } from '#stage/kafka-client.js';
import { Publisher } from '#stage/kafka-producer.js';
import { Generations } from './generations.js';
import { trackerMetrics } from './metrics.js';
import { Projection, type SealRecord } from './projection.js';
import { Readers } from './readers.js';
import { Reads } from './reads.js';
import { Retention } from './retention.js';
import { StatePublisher } from './state-publisher.js';
import type { Topics } from './topics.js';

export interface TrackerParts {
  readonly pool: Pool;
  readonly kafka: Omit<KafkaSettings, 'clientId'>;
  readonly topics: Topics;
  readonly seal: SealRecord;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keptDays: number;
  /** The process can't go on and shall end. */
  readonly onFatal: (sentence: string) => void;
}

const publisherStopMs = 1_000;

/** The read model at work: reads every topic into rows, tells the state topic, forgets what is old. */
export class Tracker {
  readonly reads: Reads;
  readonly generations: Generations;
  readonly readers: Readers;
  readonly database: HealthCheck;
  private readonly publisher: Publisher;
  private readonly states: StatePublisher;
  private readonly retention: Retention;

  constructor(private readonly parts: TrackerParts) {
    const { pool, logger, kafka } = parts;
    this.database = databaseCheck(pool);
    this.reads = new Reads(pool);
    this.generations = new Generations(pool);
    this.publisher = new Publisher({ ...kafka, clientId: 'tracker-producer' }, logger);
    const publish = this.publisher.publish.bind(this.publisher);
    this.states = new StatePublisher({ ...parts, publish });
    this.retention = new Retention({ ...parts, publish });
    const onStored = (generation: number, records: number) => {
      trackerMetrics.records.inc({ generation }, records);
      this.states.wake();
    };
    const projection = new Projection({ ...parts, onStored });
    this.readers = new Readers({ ...parts, generations: this.generations, projection });
  }

  /** Begins to read; resolves once Postgres knows which generation is live. Brokers that are away are waited for. */
  async start(): Promise<void> {
    await this.generations.ensureLive();
    void this.publisher.start();
    this.readers.start();
    this.states.start();
    this.retention.start();
  }

  /** Leaves the consumer groups and ends what is under way; then the pool. */
  async stop(): Promise<void> {
    // A publisher that waits for Kafka would keep the loops from ending.
    await Promise.all([this.readers.stop(), this.publisher.stop(publisherStopMs)]);
    await Promise.all([this.states.stop(), this.retention.stop()]);
    await this.parts.pool.end();
  }
}
