import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Pool } from 'pg';
import { onboardingDeadLetter } from '#contracts/operational-topics.js';
import { createPool } from '#platform/database.js';
import type { ConsumedRecord } from '#stage/kafka-consumer.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { carryOver } from './carry-over.js';
import { asTenant } from './database.js';
import { Generations } from './generations.js';
import { Projection } from './projection.js';
import { Reads } from './reads.js';
import { Retention } from './retention.js';
import { refuseUnboundRole } from './role.js';
import { recordOf, Story } from './testing/story.js';
import { contractTopics } from './topics.js';

const now = new Date('2030-03-01T00:00:00Z');
const clock = { now: () => now, monotonicMs: () => performance.now() };
const seal = (record: ConsumedRecord) => Promise.resolve(`sealed:${record.offset}`);

let database: TestDatabase;
let pool: Pool;
let projection: Projection;
let reads: Reads;
let generation = 1;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.urlFor('tracker'), { applicationName: 'spec', schema: 'tracker' });
  projection = new Projection({ pool, clock, seal, topics: contractTopics });
  reads = new Reads(pool);
});
afterAll(async () => {
  await pool.end();
  await database.close();
});
beforeEach(async () => {
  const generations = new Generations(pool);
  await generations.ensureLive();
  const [live] = await generations.open();
  generation = live?.number ?? 0;
});

async function project(...records: readonly ConsumedRecord[]): Promise<void> {
  await projection.project(generation, records);
}

const page = { limit: 100 };
const told = (story: Story) => reads.onboarding('*', story.onboardingId, page);
const journeyTold = () =>
  new Story()
    .requested()
    .attempted('registration')
    .parked('registration')
    .answered('registration', 'replay')
    .passedUpTo('verification')
    .attempted('consent')
    .passed('consent')
    .passed('activation');

describe('projecting records', () => {
  it('tells state and timeline of an onboarding from its events alone', async () => {
    const story = journeyTold();
    await project(...story.events.map((event, index) => recordOf(event, index)));
    expect(await told(story)).toMatchObject({
      state: 'activated',
      customerId: 'customer-1',
      isReplayed: true,
    });
    const { timeline = [] } = (await told(story)) ?? {};
    expect(timeline.map(({ what }) => what)).toEqual([
      'requested',
      'attempt',
      'parked',
      'answered',
      'registered',
      'verified',
      'attempt',
      'consented',
      'activated',
    ]);
  });

  it('ends the same when events come one by one, backwards and twice', async () => {
    const story = journeyTold();
    const records = story.events.map((event, index) => recordOf(event, index));
    for (const record of [...records.toReversed(), ...records]) await project(record);
    const { timeline, ...standing } = (await told(story)) ?? {};
    expect(standing).toMatchObject({ state: 'activated', requestedAt: story.events[0]?.time });
    expect(timeline).toHaveLength(story.events.length);
  });

  it('ends the same when several processes store parts of it at once', async () => {
    const stories = Array.from({ length: 20 }, journeyTold);
    const records = stories.flatMap(({ events }) => events.map((event, index) => recordOf(event, index)));
    const parts = [0, 1, 2, 3].map((part) => records.filter((_, index) => index % 4 === part));
    await Promise.all(parts.map((part) => project(...part)));
    const found = await Promise.all(stories.map(told));
    expect(new Set(found.map((one) => one?.state))).toEqual(new Set(['activated']));
    expect(new Set(found.map((one) => one?.timeline.length))).toEqual(new Set([stories[0]?.events.length]));
  });

  it('keeps what cannot be read as a dead letter, and goes on', async () => {
    const story = new Story().requested().passed('registration');
    const good = recordOf(story.last);
    const from = { topic: good.topic, partition: 2 };
    await project(
      { ...good, ...from, offset: '7', value: Buffer.from('<html>canary</html>') },
      { ...good, ...from, offset: '8', value: null },
      good,
    );
    expect((await told(story))?.state).toBe('in_progress');
    const { items } = await reads.deadLetters('*', page);
    const { id } = items.find(({ offset }) => offset === '7') ?? { id: '' };
    expect((await reads.deadLetter('*', id))?.sealed).toBe('sealed:7');
    expect(await reads.deadLetter('tenant-a', id)).toBeUndefined();
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...from, offset: '7', reason: 'not_json', bytes: 19 }),
        expect.objectContaining({ ...from, offset: '8', reason: 'tombstone', bytes: 0, consumer: 'tracker' }),
      ]),
    );
  });

  it('finds the record that Postgres refuses among many, and keeps the others', async () => {
    const stories = Array.from({ length: 9 }, () => new Story().passed('registration'));
    const records = stories.map(({ last }, index) => recordOf(last, index));
    const { last } = new Story().passed('registration');
    const refused = recordOf({ ...last, time: '0000-01-01T00:00:00Z' }, 99);
    await project(...records.slice(0, 4), refused, ...records.slice(4));
    expect(await Promise.all(stories.map(told))).not.toContain(undefined);
    const { items } = await reads.deadLetters('*', page);
    expect(items).toContainEqual(expect.objectContaining({ offset: '99', reason: 'unstorable' }));
  });

  it('keeps the dead letters that stages tell of, each once', async () => {
    const id = randomUUID();
    const letter = { ...onboardingDeadLetter.example, consumer: id };
    const { last } = new Story().passed('registration');
    const event = { ...last, id, type: onboardingDeadLetter.type, data: letter };
    await project(recordOf(event, 1), recordOf(event, 2));
    const { items } = await reads.deadLetters('*', page);
    expect(items.filter(({ consumer }) => consumer === id)).toHaveLength(1);
  });

  it('writes nothing into a generation that was retired', async () => {
    const story = new Story().passed('registration');
    await projection.project(4_711, [recordOf(story.last)]);
    expect(await told(story)).toBeUndefined();
  });
});

describe('asking', () => {
  it('shows a tenant its own onboardings, commands and counts only', async () => {
    const [own, other] = [tenantStory('tenant-own'), tenantStory('tenant-other')];
    await project(...[...own.events, ...other.events].map((event, index) => recordOf(event, index)));
    expect(await reads.onboarding('tenant-own', own.onboardingId, page)).toBeDefined();
    expect(await reads.onboarding('tenant-own', other.onboardingId, page)).toBeUndefined();
    expect((await reads.onboardings('tenant-own', { limit: 10 })).items).toHaveLength(1);
    expect(await reads.counts('tenant-own')).toEqual([{ stage: 'registration', state: 'parked', count: 1 }]);
    expect(await reads.command('tenant-own', commandOf(other))).toBeUndefined();
    expect((await reads.deadLetters('tenant-own', page)).items).toEqual([]);
  });

  it('is kept to the tenant by Postgres, whatever the statement says', async () => {
    await project(...tenantStory('tenant-strict').events.map((event, index) => recordOf(event, index)));
    for (const table of ['onboarding', 'event', 'dead_letter']) {
      const count = (tenant: string) =>
        asTenant(pool, tenant, async (client) => (await client.query(`SELECT FROM ${table}`)).rowCount);
      expect(await count('tenant-without-rows')).toBe(0);
      expect((await pool.query(`SELECT FROM ${table}`)).rowCount).toBe(0);
    }
  });

  it('is refused to a role that row-level security does not bind', async () => {
    const superuser = createPool(database.url, { applicationName: 'spec', schema: 'tracker', max: 1 });
    await expect(refuseUnboundRole(superuser)).rejects.toThrow('row-level security');
    await superuser.end();
    await expect(refuseUnboundRole(pool)).resolves.toBeUndefined();
  });

  it('lists page by page, each onboarding once', async () => {
    const stories = Array.from({ length: 7 }, () =>
      new Story(undefined, 'individual', 'tenant-pages').requested(),
    );
    await project(...stories.map(({ last }, index) => recordOf(last, index)));
    const seen: string[] = [];
    let before;
    do {
      const { items, end } = await reads.onboardings('tenant-pages', { limit: 3, before });
      seen.push(...items.map(({ onboardingId }) => onboardingId));
      before = end;
    } while (before !== undefined);
    expect(seen.toSorted()).toEqual(stories.map(({ onboardingId }) => onboardingId).toSorted());
  });

  it('tells a command as pending until a stage has answered, then its answer', async () => {
    const commandId = randomUUID();
    const story = new Story()
      .parked('registration')
      .asked({ command: 'replay', commandId, by: 'ops', why: 'again' });
    await project(...story.events.map((event, index) => recordOf(event, index)));
    expect(await reads.command('*', commandId)).toMatchObject({ status: 'pending', by: 'ops', why: 'again' });
    await project(recordOf(story.answered('registration', 'replay', { commandId }).last, 9));
    expect(await reads.command('*', commandId)).toMatchObject({ status: 'applied', stage: 'registration' });
  });
});

describe('forgetting', () => {
  it('takes settled onboardings after their time, with a tombstone, and never one that is under way', async () => {
    const [ended, parked] = [new Story().passedUpTo('activation'), new Story().parked('registration')];
    await project(...[...ended.events, ...parked.events].map((event, index) => recordOf(event, index)));
    const published: (string | null)[] = [];
    const publish = (records: readonly { key: string; value: unknown }[]) => {
      for (const { key, value } of records) if (value === null) published.push(key);
      return Promise.resolve();
    };
    const logger = pino({ level: 'silent' });
    const retention = new Retention({ pool, publish, topics: contractTopics, clock, logger, keptDays: 30 });
    await retention.sweep();
    expect(await told(ended)).toBeUndefined();
    expect(published).toContain(ended.onboardingId);
    expect((await told(parked))?.state).toBe('parked');
    expect((await reads.deadLetters('*', page)).items.every(({ at }) => at > '2030-01-30')).toBe(true);
  });

  it('is not undone by a command that comes late and is refused', async () => {
    const commandId = randomUUID();
    const answer = { commandId, outcome: 'refused', code: 'already_ended' } as const;
    const story = new Story().passedUpTo('activation').answered('activation', 'replay', answer);
    await project(recordOf(story.last, 9));
    expect(await told(story)).toBeUndefined();
    expect(await reads.command('*', commandId)).toMatchObject({ status: 'refused', code: 'already_ended' });
    await project(...story.events.map((event, index) => recordOf(event, index)));
    const { state, timeline } = (await told(story)) ?? {};
    expect(state).toBe('activated');
    expect(timeline?.at(-1)).toMatchObject({ what: 'answered', outcome: 'refused' });
  });

  it('does not reach what the topics have forgotten: a rebuild carries it over', async () => {
    const story = new Story().requested().parked('registration');
    await project(...story.events.map((event, index) => recordOf(event, index)));
    const generations = new Generations(pool);
    const { number } = await generations.startRebuild();
    const ranges = [...contractTopics.read.keys()].map((topic) => ({
      topic,
      partition: 0,
      low: '1',
      high: '2',
    }));
    await carryOver({ pool, projection }, { live: generation, building: number, ranges });
    const { rows } = await asTenant(pool, '*', (client) =>
      client.query('SELECT state FROM onboarding WHERE generation = $1 AND onboarding_id = $2', [
        number,
        story.onboardingId,
      ]),
    );
    // Of the two events only the first has an offset before the log's start.
    expect(rows).toEqual([{ state: 'admitted' }]);
    await generations.abandonRebuild();
  });
});

function tenantStory(tenantId: string): Story {
  const command = { command: 'replay', commandId: randomUUID(), by: 'ops', why: 'again' } as const;
  return new Story(undefined, 'individual', tenantId).parked('registration').asked(command);
}

function commandOf(story: Story): string {
  return (story.last.data as { commandId: string }).commandId;
}
