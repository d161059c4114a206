import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { Publisher, RecordTooLarge } from './kafka-producer.js';

let kafka: TestKafka;
let publisher: Publisher;

beforeEach(async () => {
  kafka = await connectTestKafka();
  publisher = new Publisher({ brokers: kafka.brokers, clientId: 'spec' }, pino({ level: 'silent' }));
  await publisher.start();
});
afterEach(async () => {
  await publisher.stop();
  await kafka.close();
});

it('a record that the topic is too small for is given up alone: whoever published it is told, all others are published, in order', async () => {
  const topic = await kafka.createTopic('narrow', { config: { 'max.message.bytes': '100000' } });
  const values = ['first', 'x'.repeat(200_000), 'second', 'third'];
  const published = await Promise.allSettled(
    values.map((value) => publisher.publish([{ topic, key: 'a', value }])),
  );
  expect(published.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(published[1]).toMatchObject({ reason: expect.any(RecordTooLarge) });
  await publisher.publish([{ topic, key: 'a', value: 'fourth' }]);
  expect((await kafka.readTopic(topic)).map(({ value }) => String(value))).toEqual([
    'first',
    'second',
    'third',
    'fourth',
  ]);
  expect(publisher.backlog).toBe(0);
});
