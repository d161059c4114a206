import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import kafkajs from 'kafkajs';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { waitUntil } from '../../test/wait-until.js';
import { Consumer } from './kafka-consumer.js';

jest.setTimeout(120_000);

const timeLimitMs = 90_000;

let kafka: TestKafka;
let groupId: string;
let logged: Record<string, unknown>[];
let read: string[];

beforeEach(async () => {
  kafka = await connectTestKafka();
  groupId = kafka.uniqueName('consumer');
  logged = [];
  read = [];
});
afterEach(() => kafka.close());

it('a consumer that retention has passed says so by an alarm, and goes on with the oldest record that is left', async () => {
  const topic = await kafka.createTopic('forgetful');
  const first = await startConsumer(topic);
  await kafka.publish(topic, numbered(0, 10));
  await waitUntil('all to be read', async () => (await committed(topic)) === 10);
  await first.stop();
  expect(alarms()).toEqual([]);

  await kafka.publish(topic, numbered(10, 30));
  await kafka.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '20' }] });
  read = [];
  const second = await startConsumer(topic);
  try {
    await waitUntil('the rest to be read', async () => (await committed(topic)) === 30, timeLimitMs);
    expect(read).toEqual(numbered(20, 30).map(({ value }) => value));
    expect(alarms()).toEqual([expect.objectContaining({ groupId, level: 50 })]);
  } finally {
    await second.stop();
  }
});

it('a consumer that kafkajs stops for good, here for a codec that it lacks, ends its process', async () => {
  const topic = await kafka.createTopic('compressed');
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const message = { value: 'something that GZIP makes shorter: '.repeat(10) };
  await publishWith(CompressionTypes.GZIP, topic, message);
  const gzip = CompressionCodecs[CompressionTypes.GZIP];
  CompressionCodecs[CompressionTypes.GZIP] = CompressionCodecs[CompressionTypes.Snappy];
  const fatal: string[] = [];
  const consumer = await startConsumer(topic, (sentence) => fatal.push(sentence));
  try {
    await waitUntil('the end', () => fatal.length > 0, timeLimitMs);
    expect(fatal).toEqual(['the Kafka consumer stopped for good: Snappy compression not implemented']);
    expect(read).toEqual([]);
    expect(await committed(topic)).toBe(-1);
  } finally {
    CompressionCodecs[CompressionTypes.GZIP] = gzip;
    await consumer.stop();
  }
});

it('a batch that cannot be stored for more than a minute, e.g. since Postgres is away, ends no process', async () => {
  const topic = await kafka.createTopic('patient');
  await kafka.publish(topic, [{ value: 'waits' }]);
  // Only the intervals: that of the look at the lag is 15 seconds.
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout', 'clearTimeout'],
  });
  const fatal: string[] = [];
  let store: () => void = () => undefined;
  const isBack = new Promise<void>((resolve) => (store = resolve));
  const consumer = await startConsumer(
    topic,
    (sentence) => fatal.push(sentence),
    () => isBack,
  );
  try {
    await waitUntil('the batch', () => read.length === 1);
    for (let looks = 0; looks < 8; looks += 1) {
      jest.advanceTimersByTime(15_000);
      await delay(250);
    }
    expect(fatal).toEqual([]);
    expect(consumer.lag).toBe(1);
    store();
    await waitUntil('it to be stored', async () => (await committed(topic)) === 1, timeLimitMs);
  } finally {
    jest.useRealTimers();
    await consumer.stop();
  }
});

async function startConsumer(
  topic: string,
  onFatal: (sentence: string) => void = failed,
  store: () => Promise<void> = () => Promise.resolve(),
): Promise<Consumer> {
  const lines = new Writable({
    write(line: Buffer, _, done) {
      logged.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });
  const consumer = new Consumer({
    kafka: { brokers: kafka.brokers, clientId: 'spec' },
    groupId,
    topics: [topic],
    onBatch: (records) => {
      read.push(...records.map(({ value }) => String(value)));
      return store();
    },
    onFatal,
    logger: pino({ level: 'info' }, lines),
  });
  await consumer.start();
  return consumer;
}

function failed(sentence: string): never {
  throw new Error(sentence);
}

function alarms(): Record<string, unknown>[] {
  return logged.filter(({ alarm }) => alarm === 'offset_out_of_range');
}

function numbered(from: number, to: number): { value: string }[] {
  return Array.from({ length: to - from }, (_, index) => ({ value: `record ${from + index}` }));
}

async function committed(topic: string): Promise<number> {
  return (await kafka.committedOffsets(groupId, topic)).get(0) ?? -1;
}

async function publishWith(
  compression: kafkajs.CompressionTypes,
  topic: string,
  ...messages: kafkajs.Message[]
): Promise<void> {
  const producer = kafka.kafka.producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, compression, messages });
  await producer.disconnect();
}
