import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { parseEvent, UnreadableRecord, type OnboardingEvent } from '#contracts/envelope.js';
import type { KafkaConnection } from '#platform/kafka-connection.js';
import { onboardingState, type OnboardingState } from '#contracts/operational-topics.js';

/**
 * Reads the compacted state topic from its beginning and goes on with what comes: the latest state of every onboarding,
 * without asking anybody for each. Returns how to stop.
 */
export async function readStates(
  connection: KafkaConnection,
  onState: (onboardingId: string, state: OnboardingState) => void,
): Promise<() => Promise<void>> {
  const kafka = new kafkajs.Kafka({
    ...connection,
    clientId: 'onboarding-start',
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 1_000_000 },
  });
  const consumer = kafka.consumer({
    groupId: `start-${randomUUID()}`,
    maxWaitTimeInMs: 200,
    sessionTimeout: 6_000,
    heartbeatInterval: 1_500,
  });
  await consumer.connect();
  await consumer.subscribe({ topic: onboardingState.topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ message: { value } }) => {
      const event = readState(value);
      if (event !== undefined) onState(event.onboardingId, event.data);
      return Promise.resolve();
    },
  });
  return () => consumer.disconnect();
}

/** Undefined for a tombstone (the person was erased) and for what nobody of ours has written. */
function readState(value: Buffer | null): OnboardingEvent<OnboardingState> | undefined {
  try {
    return parseEvent(value, onboardingState);
  } catch (error) {
    if (error instanceof UnreadableRecord) return undefined;
    throw error;
  }
}
