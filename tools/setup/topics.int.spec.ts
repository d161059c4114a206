import { afterAll, expect, test } from '@jest/globals';
import { connectTestKafka } from '../../test/kafka.js';
import { setUpTopics } from './topics.js';

const kafka = await connectTestKafka();
afterAll(() => kafka.close());

test('a missing topic is made as defined; the second time there is nothing to do', async () => {
  const definition = { topic: kafka.uniqueName('new'), partitions: 2, config: { 'retention.ms': '1000' } };
  const first = await setUpTopics(kafka.admin, [definition]);
  const second = await setUpTopics(kafka.admin, [definition]);
  await kafka.admin.deleteTopics({ topics: [definition.topic] });
  expect(first).toEqual({ created: [definition.topic], differences: [] });
  expect(second).toEqual({ created: [], differences: [] });
});

test('a topic that differs is named with both values, and left as it is', async () => {
  const topic = await kafka.createTopic('other', { partitions: 1, config: { 'retention.ms': '1000' } });
  const definition = { topic, partitions: 3, config: { 'retention.ms': '2000' } };
  const differences = [`Topic ${topic} differs: retention.ms is 1000, not 2000; partitions are 1, not 3.`];
  expect(await setUpTopics(kafka.admin, [definition])).toEqual({ created: [], differences });
  expect(await setUpTopics(kafka.admin, [definition])).toEqual({ created: [], differences });
});

test('brokers that forget the offsets of a stopped group sooner than its topics are named with what they need', async () => {
  const ofDays = (days: number) => ({
    topic: kafka.uniqueName('kept'),
    partitions: 1,
    config: { 'retention.ms': String(days * 24 * 3_600_000) },
  });
  const [short, long] = [ofDays(120), ofDays(121)];
  expect((await setUpTopics(kafka.admin, [short])).differences).toEqual([]);
  expect((await setUpTopics(kafka.admin, [long])).differences).toEqual([
    "The brokers forget a stopped group's offsets sooner than its topics: offsets.retention.minutes is 172800, not 174240 or more.",
  ]);
  await kafka.admin.deleteTopics({ topics: [short.topic, long.topic] });
});
