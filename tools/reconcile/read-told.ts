import type { Admin, Kafka } from 'kafkajs';
import { fromEnvelope, parseEnvelope, UnreadableRecord, type OnboardingEvent } from '#contracts/envelope.js';
import { parseRequested } from '#contracts/intake.js';
import { onboardingRequested } from '#contracts/requested.js';
import { systemClock } from '#platform/clock.js';
import { readToEnd } from '../topics/read-to-end.js';

/** Gives every event of the topics, from their beginning to their end at this moment; what cannot be read is passed over. */
export async function readTold(
  { kafka, admin }: { readonly kafka: Kafka; readonly admin: Admin },
  topics: readonly string[],
  onEvent: (event: OnboardingEvent) => void,
): Promise<void> {
  await readToEnd({ name: 'onboarding-reconcile', kafka, admin }, topics, ({ topic }, { value }) => {
    const event = readEvent(topic, value);
    if (event !== undefined) onEvent(event);
  });
}

function readEvent(topic: string, value: Buffer | null): OnboardingEvent | undefined {
  try {
    const isIntake = topic === onboardingRequested.topic;
    return isIntake ? parseRequested(value, systemClock.now()) : fromEnvelope(parseEnvelope(value));
  } catch (error) {
    if (error instanceof UnreadableRecord) return undefined;
    throw error;
  }
}
