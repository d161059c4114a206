import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { allEvents } from '#contracts/events.js';
import { onboardingRequested } from '#contracts/requested.js';
import type { KafkaConnection } from '#platform/kafka-connection.js';

const topics = [onboardingRequested, ...allEvents].map(({ topic }) => topic);

/** Reads every event from the beginning, in a group of its own. `isCaughtUp` resolves when all that was there is read. */
export async function readTopics(
  connection: KafkaConnection,
  onRecord: (value: Buffer | null) => void,
): Promise<{ isCaughtUp: Promise<void>; stop(): Promise<void> }> {
  const kafka = new kafkajs.Kafka({
    ...connection,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 2 },
  });
  const unread = await endsOf(kafka);
  let catchUp = (): void => undefined;
  const isCaughtUp = new Promise<void>((resolve) => (catchUp = resolve));
  if (unread.size === 0) catchUp();
  const consumer = kafka.consumer({ groupId: `funnel-${randomUUID()}`, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      for (const { value } of batch.messages) onRecord(value);
      const place = placeOf(batch.topic, batch.partition);
      if (BigInt(batch.lastOffset()) + 1n >= (unread.get(place) ?? 0n)) unread.delete(place);
      if (unread.size === 0) catchUp();
      return Promise.resolve();
    },
  });
  return { isCaughtUp, stop: () => consumer.disconnect() };
}

/** The end of each partition that has records. */
async function endsOf(kafka: kafkajs.Kafka): Promise<Map<string, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
    const partitions = offsets.flatMap((its, index) =>
      its.map(({ partition, low, high }) => ({ place: placeOf(topics[index] ?? '', partition), low, high })),
    );
    const filled = partitions.filter(({ low, high }) => high !== low);
    return new Map(filled.map(({ place, high }) => [place, BigInt(high)]));
  } finally {
    await admin.disconnect();
  }
}

function placeOf(topic: string, partition: number): string {
  return `${topic} ${String(partition)}`;
}
