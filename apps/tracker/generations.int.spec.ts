import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Pool } from 'pg';
import { onboardingRegistered } from '#contracts/events.js';
import { createPool } from '#platform/database.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { Generations } from './generations.js';
import { Projection } from './projection.js';
import { Retention } from './retention.js';
import { recordOf, Story } from './testing/story.js';
import { contractTopics } from './topics.js';

const clock = { now: () => new Date('2030-03-01T00:00:00Z'), monotonicMs: () => performance.now() };
const logger = pino({ level: 'silent' });
const publish = () => Promise.resolve();
const seal = () => Promise.resolve('sealed');

let database: TestDatabase;
let pool: Pool;
let generations: Generations;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.urlFor('tracker'), { applicationName: 'spec', schema: 'tracker' });
  generations = new Generations(pool);
  await generations.ensureLive();
});
afterAll(async () => {
  await pool.end();
  await database.close();
});
beforeEach(() => generations.abandonRebuild());

describe('a rebuilt generation', () => {
  it('is live only once it has all that the live one has, also what came after the topics were measured', async () => {
    const projection = new Projection({ pool, clock, seal, topics: contractTopics });
    const records = [0, 1].map((offset) => recordOf(new Story().passed('registration').last, offset));
    const [live] = await generations.open();
    const building = await generations.startRebuild();
    const measured = [{ topic: onboardingRegistered.topic, partition: 0, low: '0', high: '1' }];
    await projection.project(live?.number ?? 0, records);
    await projection.project(building.number, records.slice(0, 1));
    expect(await generations.switchTo(building.number, measured)).toBe(false);
    await projection.project(building.number, records);
    expect(await generations.switchTo(building.number, measured)).toBe(true);
    expect(await generations.open()).toMatchObject([{ number: building.number, state: 'live' }]);
  });

  it('has a number that none had before it, also where a rebuild was given up and forgotten', async () => {
    const givenUp = await generations.startRebuild();
    await generations.abandonRebuild();
    const retention = new Retention({ pool, publish, topics: contractTopics, clock, logger, keptDays: 30 });
    await retention.sweep();
    expect((await generations.startRebuild()).number).toBeGreaterThan(givenUp.number);
  });
});
