import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import { fromEnvelope, parseEnvelope, UnreadableRecord, type OnboardingEvent } from '#contracts/envelope.js';
import { parseRequested } from '#contracts/intake.js';
import { onboardingRequested } from '#contracts/requested.js';
import { systemClock } from '#platform/clock.js';

/** Gives every event of the topics, from their beginning to their end at this moment; what cannot be read is passed over. */
export async function readTold(
  { kafka, admin }: { readonly kafka: Kafka; readonly admin: Admin },
  topics: readonly string[],
  onEvent: (event: OnboardingEvent) => void,
): Promise<void> {
  const unread = await endsOf(admin, topics);
  if (unread.size === 0) return;
  const groupId = `onboarding-reconcile-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, readUncommitted: true, maxWaitTimeInMs: 250 });
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
          for (const { value } of batch.messages) readInto(batch.topic, value, onEvent);
          const place = placeOf(batch.topic, batch.partition);
          if (BigInt(batch.lastOffset()) + 1n >= (unread.get(place) ?? 0n)) unread.delete(place);
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

function readInto(topic: string, value: Buffer | null, onEvent: (event: OnboardingEvent) => void): void {
  try {
    const isIntake = topic === onboardingRequested.topic;
    onEvent(isIntake ? parseRequested(value, systemClock.now()) : fromEnvelope(parseEnvelope(value)));
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
  }
}

/** The end of each partition that has records. */
async function endsOf(admin: Admin, topics: readonly string[]): Promise<Map<string, bigint>> {
  const unread = new Map<string, bigint>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      if (low !== high) unread.set(placeOf(topic, partition), BigInt(high));
  }
  return unread;
}

function placeOf(topic: string, partition: number): string {
  return `${topic} ${partition}`;
}
