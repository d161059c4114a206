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
