import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { waitUntil } from '../../test/wait-until.js';
import { kafkaClient } from './kafka-client.js';
import { LagWatch } from './kafka-lag.js';

jest.setTimeout(60_000);

/** From the first look on, every 15 seconds: then a minute is over. */
const looksUntilStuck = 5;
const lookIntervalMs = 15_000;

let kafka: TestKafka;
let groupId: string;
let topic: string;
let watch: LagWatch;
/** The partitions that this process reads. */
let ours: number[];
let fatal: string[];

beforeEach(async () => {
  kafka = await connectTestKafka();
  groupId = kafka.uniqueName('watched');
  topic = await kafka.createTopic('watched', { partitions: 2 });
  // Without keys they go to the partitions in turn: at least two to each, more where kafkajs had to send again.
  await kafka.publish(topic, [{ value: '0' }, { value: '1' }, { value: '2' }, { value: '3' }]);
  ours = [0, 1];
  fatal = [];
  // Only the watch's own clock is moved: the broker answers when it does.
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout', 'clearTimeout'],
  });
  const logger = pino({ level: 'silent' });
  // As the consumer's: a broker that is busy is asked again within the same look.
  const client = kafkaClient({ brokers: kafka.brokers, clientId: 'spec' }, { retries: 1_000_000, logger });
  watch = new LagWatch(client, {
    groupId,
    topics: [topic],
    isWatched: ({ partition }) => ours.includes(partition),
    onFatal: (sentence) => fatal.push(sentence),
    onGap: () => undefined,
    logger,
  });
  watch.start();
});
afterEach(async () => {
  await watch.stop();
  jest.useRealTimers();
  await kafka.close();
});

it('a partition that stands still for a minute, although there is something to read and others move, ends the process', async () => {
  await moveTo('0', '0');
  await look(looksUntilStuck - 1);
  await moveTo('0', '1');
  expect(fatal).toEqual([]);
  await look();
  expect(fatal).toEqual([`the consumer group ${groupId} has stood still in ${topic}-0 for a minute`]);
});

it('a partition that moves meanwhile, and one that has been read to its end, does not', async () => {
  const end = await endOf(0);
  await moveTo(end, '0');
  await look(looksUntilStuck - 1);
  await moveTo(end, '1');
  await look(looksUntilStuck - 1);
  expect(fatal).toEqual([]);
});

it('a partition that is paused, or read by somebody else, does not, and has a whole minute once it is ours', async () => {
  ours = [];
  await look(looksUntilStuck);
  ours = [0];
  await look(looksUntilStuck - 1);
  expect(fatal).toEqual([]);
});

/** Lets the time until the next look pass, and waits for it. */
async function look(times = 1): Promise<void> {
  for (let looks = 0; looks < times; looks += 1) {
    watch.lag = undefined;
    jest.advanceTimersByTime(lookIntervalMs);
    await waitUntil('a look', () => watch.lag !== undefined);
  }
}

/** Where the group is in each partition: all in one call, for kafkajs's own consumer joins the group for it. */
async function moveTo(...offsets: string[]): Promise<void> {
  const partitions = offsets.map((offset, partition) => ({ partition, offset }));
  await kafka.admin.setOffsets({ groupId, topic, partitions });
}

async function endOf(wanted: number): Promise<string> {
  const partitions = await kafka.admin.fetchTopicOffsets(topic);
  return partitions.find(({ partition }) => partition === wanted)?.high ?? '';
}
