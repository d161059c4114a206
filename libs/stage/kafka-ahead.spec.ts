import { expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import type { Pool } from 'pg';
import { refuseOlderDatabase } from './kafka-ahead.js';

const pool = { query: () => Promise.resolve({ rows: [] }) } as unknown as Pool;

it('a group whose coordinator moves is looked at again, for that passes', async () => {
  const answers = [
    new kafkajs.KafkaJSError('not the coordinator', { retriable: true }),
    new kafkajs.KafkaJSError('not the coordinator', { retriable: true }),
  ];
  await look(answers);
  expect(answers).toEqual([]);
});

it('what does not pass is told at once', async () => {
  const denied = new kafkajs.KafkaJSError('not authorized', { retriable: false });
  const answers = [denied, denied];
  await expect(look(answers)).rejects.toBe(denied);
  expect(answers).toHaveLength(1);
});

/** Looks at a group of which Kafka answers with these errors, then with no offsets. */
async function look(answers: Error[]): Promise<void> {
  const admin = {
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    fetchOffsets: async () => {
      const error = answers.shift();
      if (error !== undefined) throw error;
      return [];
    },
  };
  const kafka = { admin: () => admin } as unknown as kafkajs.Kafka;
  await refuseOlderDatabase({ kafka, pool, groupId: 'onboarding-registration' });
}
