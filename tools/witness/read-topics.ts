import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { grouped } from './grouped.js';
import type { SeenRecord } from './seen.js';

/** Every record of every topic from its beginning to its end at this moment, in order within a partition. */
export async function readAllTopics(brokers: readonly string[]): Promise<SeenRecord[]> {
  const kafka = new kafkajs.Kafka({
    clientId: 'witness',
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => !topic.startsWith('__'));
    const open = await endsOf(admin, topics);
    return inOrder(open.size === 0 ? [] : await readTo({ kafka, topics, open }));
  } finally {
    await admin.disconnect();
  }
}

/** The end of each partition that has records, by `topic/partition`. */
async function endsOf(admin: kafkajs.Admin, topics: readonly string[]): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      if (high !== low) ends.set(`${topic}/${partition}`, Number(high));
  }
  return ends;
}

interface Reading {
  readonly kafka: kafkajs.Kafka;
  readonly topics: readonly string[];
  readonly open: Map<string, number>;
}

async function readTo({ kafka, topics, open }: Reading): Promise<SeenRecord[]> {
  const records: SeenRecord[] = [];
  const consumer = kafka.consumer({ groupId: `witness-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => {
        reject(payload.error);
      });
      const eachBatch = ({ batch }: kafkajs.EachBatchPayload): Promise<void> => {
        const { topic, partition } = batch;
        for (const message of batch.messages) records.push(toRecord({ topic, partition }, message));
        const place = `${topic}/${partition}`;
        if (Number(batch.lastOffset()) + 1 >= (open.get(place) ?? 0)) open.delete(place);
        if (open.size === 0) resolve();
        return Promise.resolve();
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return records;
}

function toRecord(at: Pick<SeenRecord, 'topic' | 'partition'>, message: kafkajs.KafkaMessage): SeenRecord {
  const headers = Object.entries(message.headers ?? {}).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return {
    ...at,
    offset: message.offset,
    key: message.key?.toString() ?? null,
    value: message.value,
    headers: Object.fromEntries(headers),
  };
}

/** By partition; each once, also where a rebalance made the reader begin anew. */
function inOrder(records: readonly SeenRecord[]): SeenRecord[] {
  const partitions = grouped(records, ({ topic, partition }) => `${topic}/${partition}`);
  return [...partitions.values()].flatMap((its) => {
    const distinct = new Map(its.map((record) => [record.offset, record]));
    return [...distinct.values()].sort((one, other) => Number(one.offset) - Number(other.offset));
  });
}
