import { expect, test } from '@jest/globals';
import { waitFor } from './wait-for.js';

const lines: string[] = [];
const kafka = { name: 'Kafka', setting: 'KAFKA_BROKERS', say: (line: string) => void lines.push(line) };
const refused = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));

test('who is away too long is named with the setting that says where it is', async () => {
  await expect(waitFor({ ...kafka, timeLimitMs: -1 }, refused)).rejects.toThrow(
    /^Kafka has not answered within .* set KAFKA_BROKERS to where it is$/u,
  );
});

test('it is said once that it waits, and not waited for what no waiting mends', async () => {
  const answers = [refused, refused, () => Promise.resolve('there')];
  const next = () => answers.shift()?.() ?? refused();
  expect(await waitFor({ ...kafka, timeLimitMs: 60_000 }, next)).toBe('there');
  expect(lines).toEqual(['Waiting for Kafka: it does not answer yet.']);
  const wrong = () => Promise.reject(new Error('wrong password'));
  await expect(waitFor({ ...kafka, timeLimitMs: 60_000 }, wrong)).rejects.toThrow('wrong password');
});
