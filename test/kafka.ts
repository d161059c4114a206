import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { waitUntil } from './wait-until.js';

/** A record as it lies on a topic. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What specs ask a broker. `close` when done. */
export interface TestKafka {
  readonly brokers: string[];
  readonly kafka: kafkajs.Kafka;
  readonly admin: kafkajs.Admin;
  /** A topic (or group) name that no other spec uses: `name` with a random suffix. */
  uniqueName(name: string): string;
  /** Creates a topic, with a name of its own, that is deleted on `close`. */
  createTopic(
    name: string,
    options?: { partitions?: number; config?: Record<string, string> },
  ): Promise<string>;
  publish(
    topic: string,
    records: { key?: string; value: string | Buffer | null; headers?: Record<string, string> }[],
  ): Promise<void>;
  /** Every record of a topic from its beginning to its end at this moment, in order within a partition. */
  readTopic(topic: string): Promise<TopicRecord[]>;
  /** The offset a group has committed per partition; -1 where it has none. */
  committedOffsets(groupId: string, topic: string): Promise<Map<number, number>>;
  close(): Promise<void>;
}

/** Connects to the broker in KAFKA_BROKERS, which the run's set-up names. */
export async function connectTestKafka(brokers = brokersOfRun()): Promise<TestKafka> {
  const kafka = new kafkajs.Kafka({ clientId: 'test', brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  });
  await Promise.all([admin.connect(), producer.connect()]);
  const made: string[] = [];
  const uniqueName = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;
  return {
    brokers,
    kafka,
    admin,
    uniqueName,
    async createTopic(name, { partitions = 1, config = {} } = {}) {
      const topic = uniqueName(name);
      const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
      // kafkajs's own wait for leaders gives up at once when the broker does not show the topic yet.
      const topics = [{ topic, numPartitions: partitions, configEntries }];
      await admin.createTopics({ waitForLeaders: false, timeout: 30_000, topics });
      made.push(topic);
      await waitUntil(`leaders of ${topic}`, () => hasLeaders(admin, topic), 30_000);
      return topic;
    },
    async publish(topic, records) {
      const messages = records.map(({ key = null, ...rest }) => ({ key, ...rest }));
      await producer.send({ topic, messages, acks: -1 });
    },
    readTopic: (topic) => readTopic({ kafka, admin }, topic),
    async committedOffsets(groupId, topic) {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
      return new Map(found?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    },
    async close() {
      if (made.length > 0) await admin.deleteTopics({ topics: made });
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    },
  };
}

async function hasLeaders(admin: kafkajs.Admin, topic: string): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  } catch {
    return false;
  }
}

function brokersOfRun(): string[] {
  const brokers = process.env['KAFKA_BROKERS'];
  if (brokers === undefined)
    throw new Error('KAFKA_BROKERS is not set: run the spec through Jest, which starts a broker.');
  return brokers.split(',');
}

async function readTopic(
  { kafka, admin }: { kafka: kafkajs.Kafka; admin: kafkajs.Admin },
  topic: string,
): Promise<TopicRecord[]> {
  // A busy broker may not lead yet what its metadata says it leads.
  const offsets = () => admin.fetchTopicOffsets(topic).catch(() => undefined);
  const ends = await waitUntil(`offsets of ${topic}`, offsets, 30_000);
  const open = new Map(
    ends.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, Number(high)]),
  );
  const records: TopicRecord[] = [];
  if (open.size === 0) return records;
  const groupId = `test-reader-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, readUncommitted: true, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    // Where it restarts by itself, e.g. because a busy broker still loads the group, it reads on.
    consumer.on('consumer.crash', ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
    consumer
      .run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          records.push(...batch.messages.map((message) => asRecord(batch.partition, message)));
          if (Number(batch.lastOffset()) + 1 >= (open.get(batch.partition) ?? 0))
            open.delete(batch.partition);
          if (open.size === 0) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  await admin.deleteGroups([groupId]);
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset) - Number(b.offset));
}

function asRecord(partition: number, message: kafkajs.KafkaMessage): TopicRecord {
  const headers = Object.entries(message.headers ?? {}).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return {
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? null,
    value: message.value,
    headers: Object.fromEntries(headers),
  };
}
