import kafkajs, {
  type Message,
  type PartitionerArgs,
  type Producer,
  type ProducerConfig,
  type RecordMetadata,
} from 'kafkajs';
import type { Logger } from 'pino';
import { kafkaClient, type KafkaSettings } from './kafka-client.js';

/** A record to publish. Headers are strings; the key decides the partition. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A record that no broker will ever take (over the topic's `max.message.bytes`). */
export class RecordTooLarge extends Error {
  constructor(topic: string) {
    super(`a record for ${topic} is larger than the topic's max.message.bytes`);
  }
}

/** The publisher was stopped before Kafka had acknowledged the record; it may be in the log all the same. */
export class PublisherStopped extends Error {
  constructor() {
    super('the publisher was stopped before Kafka acknowledged every record');
  }
}

interface Pending {
  readonly record: OutgoingRecord;
  readonly message: Message;
  readonly bytes: number;
  readonly settle: (error?: Error) => void;
}

const bytesPerSendMax = 900_000;
const recordsPerSendMax = 2_000;
const retryDelayMs = 200;

/**
 * Publishes to Kafka, at least once and in the order of the calls per key and topic.
 *
 * There is one send in flight, over all topics, formed by what queued up while the last one was under way. A record counts
 * as published only if the answer has an entry of its topic and partition without error: `send` resolves although
 * partitions were not written when a broker goes away meanwhile. What is not confirmed stays and goes first next time.
 */
export class Publisher {
  private readonly producer: Producer;
  private readonly partitionOf = new WeakMap<Message, number>();
  private pending: Pending[] = [];
  private loop: Promise<void> | undefined;
  private isStopped = false;
  private wakeUp: (() => void) | undefined;
  private isOneByOne = false;

  /** `newProducer` is for specs. */
  constructor(
    private readonly settings: KafkaSettings,
    private readonly logger: Logger,
    newProducer: (config: ProducerConfig) => Producer = (config) =>
      kafkaClient(settings, { retries: 8, logger }).producer(config),
  ) {
    const partitioner = kafkajs.Partitioners.DefaultPartitioner();
    this.producer = newProducer({
      allowAutoTopicCreation: false,
      metadataMaxAge: 30_000,
      createPartitioner: () => (args: PartitionerArgs) => {
        const partition = partitioner(args);
        this.partitionOf.set(args.message, partition);
        return partition;
      },
    });
  }

  /** Connects; waits for brokers that are away. Leaves no connection open when {@link stop} comes in between. */
  async start(): Promise<void> {
    for (let tries = 1; !this.isStopped; tries += 1) {
      try {
        await this.producer.connect();
        break;
      } catch (error) {
        if (tries === 1)
          this.logger.warn(
            { reason: String(error) },
            `waiting for Kafka at ${this.settings.brokers.join(', ')}: start it, or set KAFKA_BROKERS to where it is`,
          );
        await delay(1_000);
      }
    }
    if (this.isStopped) await this.producer.disconnect();
    else this.loop ??= this.run();
  }

  /**
   * Resolves when Kafka has acknowledged every record, however long it is away. Rejects with {@link RecordTooLarge} (the
   * other records are published) or, once {@link stop} is called, {@link PublisherStopped}.
   */
  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.isStopped) throw new PublisherStopped();
    const outcomes = records.map(
      (record) =>
        new Promise<Error | undefined>((resolve) => {
          this.pending.push({ record, message: toMessage(record), bytes: sizeOf(record), settle: resolve });
        }),
    );
    this.wakeUp?.();
    const failure = (await Promise.all(outcomes)).find((error) => error !== undefined);
    if (failure !== undefined) throw failure;
  }

  /** Records not yet acknowledged. */
  get backlog(): number {
    return this.pending.length;
  }

  /** Finishes the send under way within `deadlineMs`, gives up the rest. */
  async stop(deadlineMs = 1_500): Promise<void> {
    this.isStopped = true;
    this.wakeUp?.();
    const finished = (async () => {
      await this.loop;
      await this.producer.disconnect();
    })();
    await Promise.race([finished.catch(() => undefined), delay(deadlineMs)]);
    for (const entry of this.pending.splice(0)) entry.settle(new PublisherStopped());
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      if (this.pending.length === 0) await new Promise<void>((resolve) => (this.wakeUp = resolve));
      else if (!(await this.sendOnce(this.nextSend()))) await delay(retryDelayMs);
    }
  }

  /** Sends the entries; true if all of them are confirmed or finally refused. */
  private async sendOnce(entries: readonly Pending[]): Promise<boolean> {
    try {
      const answer = await this.producer.sendBatch({
        acks: -1,
        timeout: 10_000,
        topicMessages: byTopic(entries),
      });
      const confirmed = new Set(entries.filter((entry) => this.isConfirmed(entry, answer)));
      this.settle(confirmed);
      this.isOneByOne = false;
      return confirmed.size === entries.length;
    } catch (error) {
      return this.afterRefusal(entries, error);
    }
  }

  private isConfirmed(entry: Pending, answer: readonly RecordMetadata[]): boolean {
    const partition = this.partitionOf.get(entry.message);
    return answer.some(
      (row) =>
        row.topicName === entry.record.topic &&
        row.partition === partition &&
        row.errorCode === 0 &&
        Number(row.baseOffset) >= 0,
    );
  }

  private settle(confirmed: ReadonlySet<Pending>): void {
    this.pending = this.pending.filter((entry) => !confirmed.has(entry));
    for (const entry of confirmed) entry.settle();
  }

  /** A rejected send may be in the log all the same: it is sent again. Only a record that is too large is given up. */
  private afterRefusal(entries: readonly Pending[], error: unknown): boolean {
    const isTooLarge = errorTypes(error).includes('MESSAGE_TOO_LARGE');
    const only = entries.length === 1 ? entries[0] : undefined;
    if (isTooLarge && only !== undefined) {
      this.pending = this.pending.filter((entry) => entry !== only);
      only.settle(new RecordTooLarge(only.record.topic));
      return true;
    }
    this.isOneByOne = isTooLarge;
    this.logger.warn(
      { reason: String(error), records: entries.length },
      'Kafka did not take a send; sending again',
    );
    return isTooLarge;
  }

  private nextSend(): readonly Pending[] {
    if (this.isOneByOne) return this.pending.slice(0, 1);
    let bytes = 0;
    const end = this.pending.findIndex((entry, index) => {
      bytes += entry.bytes;
      return index > 0 && (bytes > bytesPerSendMax || index >= recordsPerSendMax);
    });
    return end === -1 ? this.pending.slice() : this.pending.slice(0, end);
  }
}

function byTopic(entries: readonly Pending[]): { topic: string; messages: Message[] }[] {
  const topics = new Map<string, Message[]>();
  for (const { record, message } of entries) {
    const messages = topics.get(record.topic);
    if (messages === undefined) topics.set(record.topic, [message]);
    else messages.push(message);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}

function toMessage(record: OutgoingRecord): Message {
  return {
    key: record.key,
    value: record.value,
    ...(record.headers ? { headers: { ...record.headers } } : {}),
  };
}

function sizeOf(record: OutgoingRecord): number {
  return 200 + record.key.length + (record.value === null ? 0 : Buffer.byteLength(record.value));
}

/** kafkajs wraps errors in errors: the type that counts may be a cause's. */
function errorTypes(error: unknown): string[] {
  const types: string[] = [];
  for (let current = error; current instanceof Error && types.length < 5; current = current.cause)
    types.push(String((current as Error & { type?: unknown }).type));
  return types;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
