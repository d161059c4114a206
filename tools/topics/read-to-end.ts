import { randomUUID } from 'node:crypto';
import type { Admin, Kafka, KafkaMessage } from 'kafkajs';

/** Who reads, for the name of its group, and with what; `admin` is connected. */
export interface TopicReader {
  readonly name: string;
  readonly kafka: Kafka;
  readonly admin: Admin;
}

/** Where a record lies. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Gives every record of the topics, from their beginning to at least their end at this moment, in order within a partition;
 * where a rebalance makes the reader begin anew, some come twice. The group is its own, and is removed. Rejects when reading
 * fails for good, or with what `onRecord` throws.
 */
export async function readToEnd(
  { name, kafka, admin }: TopicReader,
  topics: readonly string[],
  onRecord: (place: Place, message: KafkaMessage) => void,
): Promise<void> {
  const unread = await endsOf(admin, topics);
  if (unread.size === 0) return;
  const groupId = `${name}-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, readUncommitted: true, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => {
        reject(payload.error);
      });
      const run = consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          for (const message of batch.messages) onRecord(batch, message);
          const key = keyOf(batch);
          if (BigInt(batch.lastOffset()) + 1n >= (unread.get(key) ?? 0n)) unread.delete(key);
          if (unread.size === 0) resolve();
          return Promise.resolve();
        },
      });
      run.catch(reject);
    });
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}

/** The end of each partition that has records. */
async function endsOf(admin: Admin, topics: readonly string[]): Promise<Map<string, bigint>> {
  const ends = new Map<string, bigint>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      if (low !== high) ends.set(keyOf({ topic, partition }), BigInt(high));
  }
  return ends;
}

function keyOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}
