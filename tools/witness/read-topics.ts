import kafkajs from 'kafkajs';
import { readToEnd, type Place } from '../topics/read-to-end.js';
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
    const records: SeenRecord[] = [];
    await readToEnd({ name: 'witness', kafka, admin }, topics, (place, message) => {
      records.push(toRecord(place, message));
    });
    return inOrder(records);
  } finally {
    await admin.disconnect();
  }
}

function toRecord({ topic, partition }: Place, message: kafkajs.KafkaMessage): SeenRecord {
  const headers = Object.entries(message.headers ?? {}).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return {
    topic,
    partition,
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
