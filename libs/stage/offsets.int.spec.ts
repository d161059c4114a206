import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { StepFailure } from './failure.js';

jest.setTimeout(120_000);

const partitions = 3;
const timeLimitMs = 60_000;

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;
/** What each onboarding called, so that a second call is seen. */
const calls = new Map<string, number>();

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  world = await StageWorld.open({ database, kafka, tables: 'registration', partitions });
  await world.startProcess();
});
afterAll(async () => {
  await world.close();
  await kafka.close();
  await database.close();
});

it('offsets do not move before the records are stored, and waiting for Postgres costs no membership', async () => {
  await passThrough(newOnboardings(10));
  const before = await allRead();
  const lock = await lockRuns();
  try {
    const storedBefore = await lock.stored();
    const onboardings = newOnboardings(20);
    await world.publish(...onboardings);
    await waitUntil('the statement to wait', () => lock.isWaitedForBy('INSERT INTO stage_run'), timeLimitMs);
    // A session ends after 6 s in which nobody sends a heartbeat.
    const until = performance.now() + 9_000;
    const isOver = async () => {
      expect(await committed()).toEqual(before);
      expect(await members()).toBe(1);
      return performance.now() > until;
    };
    await waitUntil('longer than a session lasts', isOver, timeLimitMs);
    expect(await lock.stored()).toBe(storedBefore);
    await lock.release();
    await untilDone(onboardings);
    expect(sum(await allRead())).toBe(sum(before) + onboardings.length);
    for (const { onboardingId } of onboardings) expect(calls.get(onboardingId)).toBe(1);
  } finally {
    await lock.release();
  }
});

it('an older offset that a member commits for partitions which are not its own brings the records again, and that changes nothing', async () => {
  const onboardings = newOnboardings(20);
  await passThrough(onboardings);
  const end = await allRead();
  const before = await traces();

  const stranger = kafka.kafka.consumer({ groupId: world.groupId });
  const hasJoined = new Promise((resolve) => stranger.on('consumer.group_join', resolve));
  await stranger.connect();
  await stranger.subscribe({ topics: [world.topics.asked, world.topics.commands] });
  await stranger.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
  await hasJoined;
  await stranger.commitOffsets(
    [...end.keys()].map((partition) => ({ topic: world.topics.asked, partition, offset: '0' })),
  );
  expect(sum(await committed())).toBe(0);
  await stranger.disconnect();

  // The stage goes on from what is committed: back at the end, it has read all of it once more.
  await waitUntil('all to be read again', async () => sum(await committed()) === sum(end), timeLimitMs);
  await passThrough(newOnboardings(3));
  const after = await traces();
  expect(after.runs).toEqual(expect.arrayContaining(before.runs));
  expect(after.eventIds).toEqual(expect.arrayContaining(before.eventIds));
  expect(after.eventIds).toHaveLength(before.eventIds.length + 3);
  for (const [onboardingId, times] of calls) expect([onboardingId, times]).toEqual([onboardingId, 1]);
});

it('partitions that are added under load are found: events stay in order, and nothing is worked on twice', async () => {
  const other = await world.startProcess();
  // A producer of its own: one that knows the topic already would not know the partitions.
  const upstream = await connectTestKafka();
  try {
    const early = newOnboardings(20, 2);
    await passThrough(early);
    for (const topic of [world.topics.asked, world.topics.commands])
      await kafka.admin.createPartitions({ topicPartitions: [{ topic, count: 2 * partitions }] });
    const grown = newOnboardings(20, 2);
    // Those that are done come once more, most of them on another partition.
    const records = [...grown, ...early].map((event) => ({
      key: event.onboardingId,
      value: world.valueOf(event),
    }));
    await upstream.publish(world.topics.asked, records);
    const areDone = () => grown.every(({ onboardingId }) => told(onboardingId).includes('done 3'));
    const load: OnboardingEvent[] = [];
    await waitUntil(
      'the new partitions to be read',
      async () => {
        const more = newOnboardings(5, 2);
        await passThrough(more);
        load.push(...more);
        return areDone();
      },
      timeLimitMs,
    );
    await allRead();
    for (const { onboardingId } of [...early, ...grown, ...load]) {
      expect(told(onboardingId)).toEqual(['attempt 1', 'attempt 2', 'done 3']);
      expect([onboardingId, calls.get(onboardingId)]).toEqual([onboardingId, 1]);
    }
  } finally {
    await upstream.close();
    await other.stop();
  }
});

/** Each is refused so many times at first, which is told as an attempt each. */
function newOnboardings(count: number, refusals = 0): OnboardingEvent[] {
  return Array.from({ length: count }, () => {
    let refused = 0;
    return world.newOnboarding(async ({ onboardingId }, steps) => {
      const call = async () => {
        if ((refused += 1) <= refusals) throw new StepFailure('not-done', 'rate_limited');
        calls.set(onboardingId, (calls.get(onboardingId) ?? 0) + 1);
        return {};
      };
      const find = async () => ({ state: 'present', result: {} }) as const;
      return world.done(await steps.once('register', call, { find, timeLimitMs: 1_000 }));
    });
  });
}

/** Each event by name and sequence, copies left out: those of one topic as they were read, `done` from its own at last. */
function told(onboardingId: string): string[] {
  const byId = new Map(world.eventsOf(onboardingId).map((event) => [event.id, event]));
  const names = [...byId.values()].map(({ type, sequence }) => `${type.split('.')[1]} ${sequence}`);
  return names.toSorted((one, other) => Number(one.startsWith('done')) - Number(other.startsWith('done')));
}

async function passThrough(onboardings: readonly OnboardingEvent[]): Promise<void> {
  await world.publish(...onboardings);
  await untilDone(onboardings);
}

async function untilDone(onboardings: readonly OnboardingEvent[]): Promise<void> {
  for (const { onboardingId } of onboardings) await world.next(onboardingId, 'done');
}

/** The group's offsets, once they are at the ends of the partitions. */
async function allRead(): Promise<Map<number, number>> {
  const ends = await kafka.admin.fetchTopicOffsets(world.topics.asked);
  const end = ends.reduce((total, { high }) => total + Number(high), 0);
  await waitUntil('all to be read', async () => sum(await committed()) === end, timeLimitMs);
  return committed();
}

/** Where nothing is committed yet, nothing is read: 0. */
async function committed(): Promise<Map<number, number>> {
  const offsets = await kafka.committedOffsets(world.groupId, world.topics.asked);
  return new Map([...offsets].map(([partition, offset]) => [partition, Math.max(offset, 0)]));
}

async function members(): Promise<number> {
  const { groups } = await kafka.admin.describeGroups([world.groupId]);
  return groups[0]?.members.length ?? 0;
}

/** What a second run would leave: another state, sequence or token of a row, another event. */
async function traces(): Promise<{ runs: object[]; eventIds: string[] }> {
  const { rows } = await world.pool.query<object>(
    'SELECT onboarding_id, state, sequence, attempt, lease_token, updated_at FROM stage_run',
  );
  const told = (await kafka.readTopic(world.topics.done)).map(
    ({ value }) => (JSON.parse(String(value)) as { id: string }).id,
  );
  return { runs: rows, eventIds: [...new Set(told)] };
}

/** Nobody but us sees the stage's rows until `release`. */
async function lockRuns() {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('BEGIN; LOCK TABLE registration.stage_run IN ACCESS EXCLUSIVE MODE');
  let isReleased = false;
  return {
    async stored(): Promise<number> {
      const { rows } = await client.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM registration.stage_run',
      );
      return rows[0]?.count ?? 0;
    },
    async isWaitedForBy(statement: string): Promise<boolean> {
      // A snapshot of the activity is kept for the transaction unless it is dropped.
      await client.query('SELECT pg_stat_clear_snapshot()');
      const { rowCount } = await client.query(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE $1",
        [`%${statement}%`],
      );
      return (rowCount ?? 0) > 0;
    },
    async release(): Promise<void> {
      if (isReleased) return;
      isReleased = true;
      await client.end();
    },
  };
}

function sum(offsets: ReadonlyMap<number, number>): number {
  return [...offsets.values()].reduce((total, offset) => total + offset, 0);
}
