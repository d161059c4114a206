import kafkajs, { type Consumer as KafkaConsumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { kafkaClient, type KafkaSettings } from './kafka-client.js';
import { LagWatch, type PartitionOffsets } from './kafka-lag.js';

/** A record as it was read, with where it came from. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** When the broker took it (its topics stamp it so): the same however often it is read. */
  readonly appendedAtMs?: number;
}

export interface ConsumerOptions {
  readonly kafka: KafkaSettings;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Those of the topics that {@link Consumer.pause} leaves alone. */
  readonly unpausedTopics?: readonly string[];
  /**
   * Stores the records durably; only then their offsets move. Called with all records of a fetch at once, one call at a
   * time. If it rejects it is called again with the same records: it must be idempotent, and must not reject for what
   * a single record says.
   */
  readonly onBatch: (records: readonly ConsumedRecord[]) => Promise<void>;
  /** The consumer can't go on: the process shall end, so that a new one starts afresh. */
  readonly onFatal: (sentence: string) => void;
  readonly logger: Logger;
}

interface FetchedBatch {
  readonly records: readonly ConsumedRecord[];
  readonly settle: (isStored: boolean) => void;
  readonly isRunning: () => boolean;
  readonly heartbeat: () => Promise<void>;
}

const crashesPerMinuteMax = 3;
/** What is found within it belongs to the gap that was told. */
const gapQuietMs = 60_000;
const rebalanceSettings = { sessionTimeout: 6_000, heartbeatInterval: 1_500, rebalanceTimeout: 10_000 };

/**
 * Reads topics as a group, at least once: offsets move only after `onBatch` has stored the records. The settings and
 * watchdogs are the counters to the hazards of kafkajs 2.2.4: nothing is thrown out of `eachBatch`, a crash that would not
 * restart ends the process, and so does a lag that does not fall.
 */
export class Consumer {
  private readonly kafka: Kafka;
  private readonly consumer: KafkaConsumer;
  private readonly lagWatch: LagWatch;
  private queue: FetchedBatch[] = [];
  private isStoring = false;
  private isStopped = false;
  private isPaused = false;
  private crashes: number[] = [];
  private hasJoined = false;
  /** Partitions of which a batch waits to be stored: while Postgres is away they stand still, and rightly. */
  private readonly inHand = new Set<string>();
  private assigned: Readonly<Record<string, readonly number[]>> = {};
  private gapQuietUntilMs = 0;

  constructor(private readonly options: ConsumerOptions) {
    const { logger, groupId } = options;
    const onGap = (gaps?: readonly PartitionOffsets[]) => {
      this.soundGap(gaps);
    };
    this.kafka = kafkaClient(options.kafka, { retries: 1_000_000, logger, onOffsetOutOfRange: onGap });
    this.consumer = this.kafka.consumer({
      groupId,
      ...rebalanceSettings,
      maxWaitTimeInMs: 250,
      minBytes: 1,
      maxBytesPerPartition: 262_144,
      metadataMaxAge: 30_000,
      allowAutoTopicCreation: false,
      readUncommitted: true,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 },
    });
    const isWatched = ({ topic, partition }: PartitionOffsets) =>
      !this.isPaused &&
      !this.inHand.has(`${topic}-${partition}`) &&
      this.assigned[topic]?.includes(partition) === true;
    this.lagWatch = new LagWatch(this.kafka, { ...options, isWatched, onGap });
  }

  /** Waits until every topic exists, then joins the group. Rejects when a topic can't be subscribed to. */
  async start(): Promise<void> {
    await this.waitForTopics();
    this.consumer.on('consumer.crash', ({ payload }) => {
      this.onCrash(payload.error, payload.restart);
    });
    this.consumer.on('consumer.group_join', ({ payload }) => {
      this.hasJoined = true;
      this.assigned = payload.memberAssignment;
      // kafkajs forgets the pause when it begins anew.
      if (this.isPaused) this.consumer.pause(this.pausedTopics());
    });
    const look = () => this.lagWatch.lookForGaps();
    const steps = [look, () => this.consumer.connect(), () => this.subscribe(), () => this.join()];
    for (const step of steps) {
      if (this.isStopped) break;
      await step();
    }
    // A stop in between may have come too early for what was under way.
    if (this.isStopped) await this.consumer.disconnect();
    else this.lagWatch.start();
  }

  private subscribe(): Promise<void> {
    return this.consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
  }

  private join(): Promise<void> {
    return this.consumer.run({
      autoCommit: true,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1_000,
      eachBatch: (payload) => this.eachBatch(payload),
    });
  }

  /** Stops fetching until {@link resume}; what was fetched already still arrives. */
  pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    if (this.hasJoined) this.consumer.pause(this.pausedTopics());
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.hasJoined) this.consumer.resume(this.pausedTopics());
  }

  private pausedTopics(): { topic: string }[] {
    const { topics, unpausedTopics = [] } = this.options;
    return topics.filter((topic) => !unpausedTopics.includes(topic)).map((topic) => ({ topic }));
  }

  /** Undefined when all is well, else a sentence for the readiness probe. */
  unready(): string | undefined {
    return this.hasJoined ? undefined : `the consumer group ${this.options.groupId} is not joined yet`;
  }

  /** Records behind the end of the topics, as of the last look; undefined before the first. */
  get lag(): number | undefined {
    return this.lagWatch.lag;
  }

  /** Leaves the group, so that its partitions move at once; kafkajs's own disconnect may hang, so it has a deadline. */
  async stop(deadlineMs = 1_500): Promise<void> {
    this.isStopped = true;
    for (const waiting of this.queue.splice(0)) waiting.settle(false);
    const leave = Promise.all([this.lagWatch.stop(), this.consumer.disconnect()]).catch(() => undefined);
    await Promise.race([leave, delay(deadlineMs)]);
  }

  /** Offsets are resolved only for what is stored: an interrupted batch is simply fetched again. */
  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const records = batch.messages.map((message) => ({
      topic: batch.topic,
      partition: batch.partition,
      offset: message.offset,
      key: message.key,
      value: message.value,
      headers: textHeaders(message.headers),
      appendedAtMs: Number(message.timestamp),
    }));
    const name = `${batch.topic}-${batch.partition}`;
    this.inHand.add(name);
    const isStored = await new Promise<boolean>((settle) => {
      this.queue.push({
        records,
        settle,
        isRunning: () => payload.isRunning(),
        heartbeat: () => payload.heartbeat(),
      });
      // All batches of one fetch arrive in one tick: the next turn of the loop sees all of them.
      setImmediate(() => void this.storeQueued());
    });
    this.inHand.delete(name);
    if (isStored && !payload.isStale()) this.resolve(payload);
  }

  /** kafkajs throws a TypeError where the topic was taken from us meanwhile: it is read again by whoever has it now. */
  private resolve(payload: EachBatchPayload): void {
    const { topic } = payload.batch;
    try {
      payload.resolveOffset(payload.batch.lastOffset());
    } catch (error) {
      this.options.logger.warn({ reason: String(error), topic }, 'an offset could not move');
    }
  }

  private async storeQueued(): Promise<void> {
    if (this.isStoring) return;
    this.isStoring = true;
    while (this.queue.length > 0) {
      const batches = this.queue.splice(0);
      const isStored = await this.store(batches);
      for (const batch of batches) batch.settle(isStored);
    }
    this.isStoring = false;
  }

  /** Tries until it is stored or the batches are no longer ours; heartbeats, so that the group does not wait for us. */
  private async store(batches: readonly FetchedBatch[]): Promise<boolean> {
    const records = batches.flatMap((batch) => batch.records);
    for (let tries = 1; !this.isStopped && batches.every((batch) => batch.isRunning()); tries += 1) {
      // A database that hangs must not cost the membership.
      const beating = setInterval(() => void heartbeat(batches), rebalanceSettings.heartbeatInterval);
      try {
        await this.options.onBatch(records);
        return true;
      } catch (error) {
        this.options.logger.warn({ err: error, tries }, 'a batch could not be stored; trying again');
      } finally {
        clearInterval(beating);
      }
      await delay(Math.min(100 * 2 ** tries, 1_000));
      if (!(await heartbeat(batches))) return false;
    }
    return false;
  }

  private onCrash(error: Error, willRestart: boolean): void {
    const now = performance.now();
    this.crashes = [...this.crashes.filter((at) => now - at < 60_000), now];
    const details = { reason: String(error), crashes: this.crashes.length };
    if (this.crashes.length > crashesPerMinuteMax)
      this.options.logger.error({ ...details, alarm: 'consumer_crashes' }, 'the consumer keeps crashing');
    else this.options.logger.warn(details, 'the consumer crashed');
    if (!willRestart && !this.isStopped)
      this.options.onFatal(`the Kafka consumer stopped for good: ${error.message}`);
  }

  /** Seen by the offsets before the group is joined, and by the broker's refusal of a fetch: an alarm for both. */
  private soundGap(gaps?: readonly PartitionOffsets[]): void {
    const now = performance.now();
    if (now < this.gapQuietUntilMs) return;
    this.gapQuietUntilMs = now + gapQuietMs;
    const { groupId, logger } = this.options;
    logger.error(
      { groupId, gaps, alarm: 'offset_out_of_range' },
      'retention has passed this consumer: records are gone',
    );
  }

  private async waitForTopics(): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    for (let tries = 1; !this.isStopped; tries += 1) {
      const known = await admin.listTopics().catch((): string[] => []);
      const missing = this.options.topics.filter((topic) => !known.includes(topic));
      if (missing.length === 0) break;
      if (tries === 1)
        this.options.logger.warn({ missing }, 'topics are missing: run the setup command; waiting for them');
      await delay(1_000);
    }
    await admin.disconnect();
  }
}

/** False when the group has given us up. */
function heartbeat(batches: readonly FetchedBatch[]): Promise<boolean> {
  return Promise.all(batches.map((batch) => batch.heartbeat())).then(
    () => true,
    () => false,
  );
}

function textHeaders(headers: kafkajs.IHeaders | undefined): Record<string, string> {
  const text: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) text[name] = first.toString();
  }
  return text;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
