import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import kafkajs from 'kafkajs';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  world = await StageWorld.open({ database, kafka, tables: 'registration' });
});
afterAll(async () => {
  await world.close();
  await kafka.close();
  await database.close();
});

it('a stage does not start on a database that does not know of a record which the group has passed', async () => {
  await passThrough(async () => {
    for (let count = 0; count < 3; count += 1) await passOne();
  });
  await knowOnly(1);
  await expect(world.startProcess()).rejects.toMatchObject({
    cause: {
      message: expect.stringContaining(`it does not know of ${world.topics.asked}-0 at offset 1, which`),
    },
  });
  await knowOnly(3);
  await passThrough(passOne);
});

it('an offset that has passed only the end of a transaction stops nobody', async () => {
  await passThrough(async () => {
    const producer = kafka.kafka.producer({
      transactionalId: kafka.uniqueName('upstream'),
      idempotent: true,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    const onboarding = world.newOnboarding(async () => world.done({}));
    await transaction.send({
      topic: world.topics.asked,
      messages: [{ key: onboarding.onboardingId, value: world.valueOf(onboarding) }],
    });
    await transaction.commit();
    await producer.disconnect();
    await world.next(onboarding.onboardingId, 'done');
  });
  const [partition] = await kafka.admin.fetchTopicOffsets(world.topics.asked);
  const end = { partition: 0, offset: partition!.high };
  await kafka.admin.setOffsets({ groupId: world.groupId, topic: world.topics.asked, partitions: [end] });
  expect(await stored()).toBeLessThan(Number(end.offset));
  await passThrough(passOne);
});

it('nor does one whose records retention has taken', async () => {
  const end = await committed();
  await kafka.admin.deleteTopicRecords({
    topic: world.topics.asked,
    partitions: [{ partition: 0, offset: String(end) }],
  });
  await knowOnly(1);
  await passThrough(passOne);
});

async function passOne(): Promise<void> {
  await world.next(await world.begin(async () => world.done({})), 'done');
}

/** Runs a process of the stage until `work` is done, and the group has passed all that there is. */
async function passThrough(work: () => Promise<void>): Promise<void> {
  const running = await world.startProcess();
  await work();
  const [partition] = await kafka.admin.fetchTopicOffsets(world.topics.asked);
  // What ends a transaction is at the end of the topic too, and not for the group to read.
  await waitUntil('all to be passed', async () => (await committed()) >= Number(partition?.high) - 1, 30_000);
  await running.stop();
}

async function committed(): Promise<number> {
  return (await kafka.committedOffsets(world.groupId, world.topics.asked)).get(0) ?? -1;
}

async function stored(): Promise<number> {
  const { rows } = await world.pool.query<{ next_offset: string }>(
    'SELECT next_offset FROM stored_offset WHERE topic = $1',
    [world.topics.asked],
  );
  return Number(rows[0]?.next_offset);
}

/** What a backup would have: the first records only. */
async function knowOnly(nextOffset: number): Promise<void> {
  await world.pool.query('UPDATE stored_offset SET next_offset = $2 WHERE topic = $1', [
    world.topics.asked,
    nextOffset,
  ]);
}
