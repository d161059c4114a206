import { expect, it } from '@jest/globals';
import type { Message, PartitionerArgs, Producer, ProducerBatch, ProducerConfig } from 'kafkajs';
import { pino } from 'pino';
import { waitUntil } from '../../test/wait-until.js';
import { Publisher } from './kafka-producer.js';

const topic = 'spec.numbered.v1';
const partitions = [0, 1, 2];

it('a record whose partition is missing from the answer of a send is not counted as published, and goes first next time', async () => {
  const kafka = new ForgetfulKafka();
  const publisher = await startPublisher(kafka);
  kafka.omitted = kafka.partitionOf('a');
  const settled: string[] = [];
  const publish = (key: string) =>
    publisher.publish([{ topic, key, value: key }]).then(() => settled.push(key));
  const all = [publish('a'), publish(kafka.keyBeside('a'))];

  await waitUntil('the answer that lacks a partition', () => settled.length === 1);
  expect(settled).toEqual([kafka.keyBeside('a')]);
  expect(publisher.backlog).toBe(1);

  all.push(publish('a'));
  kafka.omitted = undefined;
  await Promise.all(all);
  expect(kafka.sends.at(-1)).toEqual(['a', 'a']);
  expect(publisher.backlog).toBe(0);
  await publisher.stop();
});

it.each([
  ['an error code', { errorCode: 6 }],
  ['no offset', { baseOffset: '-1' }],
])('a partition that the answer names with %s is not counted as published', async (_, flaw) => {
  const kafka = new ForgetfulKafka();
  const publisher = await startPublisher(kafka);
  kafka.flaw = flaw;
  const published = publisher.publish([{ topic, key: 'a', value: 'a' }]);
  await waitUntil('a second send', () => kafka.sends.length > 1);
  expect(publisher.backlog).toBe(1);
  kafka.flaw = {};
  await published;
  await publisher.stop();
});

it('brokers that are away at start are waited for, with one sentence that names the setting', async () => {
  const kafka = new ForgetfulKafka();
  kafka.refusals = 2;
  const said: string[] = [];
  const logger = pino({}, { write: (line: string) => said.push((JSON.parse(line) as { msg: string }).msg) });
  const publisher = await startPublisher(kafka, logger);
  await publisher.stop();
  expect(kafka.refusals).toBe(0);
  expect(said).toEqual(['waiting for Kafka at nowhere:1: start it, or set KAFKA_BROKERS to where it is']);
});

it.each([
  ['as fit into it', Array<number>(5).fill(400_000), [2, 2, 1]],
  ['as fit into it, and a larger record goes alone', [950_000, 10, 10], [1, 2]],
])('a send is of 900 kB at most: so many records %s', async (_, sizes, expected) => {
  const kafka = new ForgetfulKafka();
  const publisher = await startPublisher(kafka);
  await publisher.publish(sizes.map((size) => ({ topic, key: 'a', value: Buffer.alloc(size) })));
  expect(kafka.sends.map(({ length }) => length)).toEqual(expected);
  await publisher.stop();
});

/** Answers a send as kafkajs does while a broker goes away: without an error, and without a partition. */
class ForgetfulKafka {
  /** A partition that is left out of the answer. */
  omitted: number | undefined;
  /** What is wrong with each entry of the answer. */
  flaw: object = {};
  /** So many connections are refused. */
  refusals = 0;
  /** The keys of each send. */
  readonly sends: string[][] = [];
  private partitioner: (args: PartitionerArgs) => number = () => 0;

  producer({ createPartitioner }: ProducerConfig): Producer {
    if (createPartitioner !== undefined) this.partitioner = createPartitioner();
    const fake: Pick<Producer, 'connect' | 'disconnect' | 'sendBatch'> = {
      connect: () => this.connect(),
      disconnect: () => Promise.resolve(),
      sendBatch: ({ topicMessages }) => Promise.resolve(this.answer(topicMessages ?? [])),
    };
    return fake as Producer;
  }

  partitionOf(key: string): number {
    return this.place({ key, value: key });
  }

  /** A key on another partition. */
  keyBeside(key: string): string {
    const others = Array.from({ length: 100 }, (_, index) => `other-${index}`);
    return others.find((other) => this.partitionOf(other) !== this.partitionOf(key)) ?? '';
  }

  private async connect(): Promise<void> {
    if (this.refusals === 0) return;
    this.refusals -= 1;
    throw new Error('refused');
  }

  private answer(batches: NonNullable<ProducerBatch['topicMessages']>) {
    const messages = batches.flatMap((batch) => batch.messages);
    this.sends.push(messages.map(({ key }) => String(key)));
    const written = new Set(messages.map((message) => this.place(message)));
    return [...written]
      .filter((partition) => partition !== this.omitted)
      .map((partition) => ({ topicName: topic, partition, errorCode: 0, baseOffset: '7', ...this.flaw }));
  }

  private place(message: Message): number {
    const partitionMetadata = partitions.map((partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 1,
      replicas: [1],
      isr: [1],
    }));
    return this.partitioner({ topic, partitionMetadata, message });
  }
}

async function startPublisher(kafka: ForgetfulKafka, logger = pino({ level: 'silent' })): Promise<Publisher> {
  const settings = { brokers: ['nowhere:1'], clientId: 'spec' };
  const publisher = new Publisher(settings, logger, (config) => kafka.producer(config));
  await publisher.start();
  return publisher;
}
