import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { onboardingRegistered } from '#contracts/events.js';
import { createPool } from '#platform/database.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { waitUntil } from '../../test/wait-until.js';
import { Generations } from './generations.js';
import { Projection } from './projection.js';
import { Readers } from './readers.js';
import type { Generation } from './sql/open-generations.js';
import { recordOf, Story } from './testing/story.js';
import type { Topics } from './topics.js';

jest.setTimeout(60_000);

const clock = { now: () => new Date('2030-03-01T00:00:00Z'), monotonicMs: () => performance.now() };
const logger = pino({ level: 'silent' });

let database: TestDatabase;
let kafka: TestKafka;
let pool: Pool;
let topic: string;
let generation: Generation;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  pool = createPool(database.urlFor('tracker'), { applicationName: 'spec', schema: 'tracker' });
  topic = await kafka.createTopic(onboardingRegistered.topic);
  await new Generations(pool).ensureLive();
  [generation] = (await new Generations(pool).open()) as [Generation];
});
afterAll(async () => {
  await pool.end();
  await kafka.close();
  await database.close();
});

it('a tracker does not go on with a database that does not know of a record which its group has passed', async () => {
  await readWhile(async () => {
    for (let count = 0; count < 3; count += 1) await publishOne();
    await waitUntil('all to be passed', async () => (await committed()) === 3, 30_000);
  });
  await knowOnly(1);
  const sentence = await readWhile((onFatal) =>
    waitUntil('the refusal', () => onFatal.mock.calls[0]?.[0], 30_000),
  );
  expect(sentence).toContain(`the database is older than it was: it does not know of ${topic}-0 at offset 1`);

  // As reconcile leaves it.
  await kafka.admin.deleteGroups([generation.groupId]);
  const onFatal = await readWhile(async (told) => {
    await waitUntil('all to be read again', async () => (await committed()) === 3, 30_000);
    return told;
  });
  expect(onFatal).not.toHaveBeenCalled();
  expect(await stored()).toBe('3');
});

type OnFatal = jest.Mock<(sentence: string) => void>;

/** Runs a tracker's readers until `work` is done. */
async function readWhile<Result>(work: (onFatal: OnFatal) => Promise<Result>): Promise<Result> {
  const topics: Topics = { read: new Map([[topic, onboardingRegistered]]), state: '' };
  const projection = new Projection({ pool, clock, topics, seal: () => Promise.resolve('sealed') });
  const onFatal: OnFatal = jest.fn();
  const generations = new Generations(pool);
  const readers = new Readers({
    ...{ pool, generations, projection, topics, logger, onFatal },
    kafka: { brokers: kafka.brokers },
  });
  readers.start();
  try {
    return await work(onFatal);
  } finally {
    await readers.stop();
  }
}

async function publishOne(): Promise<void> {
  const { key, value } = recordOf(new Story().passed('registration').last);
  await kafka.publish(topic, [{ key: String(key), value }]);
}

async function committed(): Promise<number> {
  return (await kafka.committedOffsets(generation.groupId, topic)).get(0) ?? -1;
}

async function stored(): Promise<string | undefined> {
  const { rows } = await pool.query<{ at: string }>('SELECT next_offset AS at FROM position');
  return rows[0]?.at;
}

/** What a backup would have: the first records only. */
async function knowOnly(nextOffset: number): Promise<void> {
  await pool.query('UPDATE position SET next_offset = $1', [nextOffset]);
}
