import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { waitUntil } from '../../test/wait-until.js';
import { LagWatch } from './kafka-lag.js';

/** A group that has not moved for a minute is stuck: from the second look on, every 15 seconds. */
const looksUntilStuck = 6;
const lookIntervalMs = 15_000;

let kafka: TestKafka;
let groupId: string;
let topic: string;
let watch: LagWatch;
let isPaused: boolean;
let fatal: string[];

beforeEach(async () => {
  kafka = await connectTestKafka();
  groupId = kafka.uniqueName('watched');
  topic = await kafka.createTopic('watched');
  await kafka.publish(topic, [{ value: '0' }, { value: '1' }, { value: '2' }]);
  isPaused = false;
  fatal = [];
  // Only the watch's own clock is moved: the broker answers when it does.
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout', 'clearTimeout'],
  });
  watch = new LagWatch(kafka.kafka, {
    groupId,
    topics: [topic],
    isPaused: () => isPaused,
    onFatal: (sentence) => fatal.push(sentence),
    onGap: () => undefined,
    logger: pino({ level: 'silent' }),
  });
  watch.start();
});
afterEach(async () => {
  await watch.stop();
  jest.useRealTimers();
  await kafka.close();
});

it('a group that has not moved for a minute, although there is something to read, ends its process', async () => {
  await look(looksUntilStuck - 1);
  expect(fatal).toEqual([]);
  await look();
  expect(fatal).toEqual([`the consumer group ${groupId} has not moved for a minute, 3 records behind`]);
});

it('a group that moves meanwhile, and one that has read everything, does not', async () => {
  await look(looksUntilStuck - 1);
  await moveTo('1');
  await look(looksUntilStuck - 1);
  await moveTo('3');
  await look(looksUntilStuck + 1);
  expect(watch.lag).toBe(0);
  expect(fatal).toEqual([]);
});

it('a group that is paused does not, and has a whole minute once it goes on', async () => {
  isPaused = true;
  await look(looksUntilStuck + 1);
  isPaused = false;
  await look(looksUntilStuck - 2);
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

async function moveTo(offset: string): Promise<void> {
  await kafka.admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset }] });
}
