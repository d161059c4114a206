import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { pino } from 'pino';
import { createPool } from '#platform/database.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { waitUntil } from '../../test/wait-until.js';
import { Outbox } from './outbox.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.urlFor('registration'), { applicationName: 'spec', schema: 'registration' });
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

it('what is overdue is swept after the earlier events of its onboarding, though a sweeper that died has taken them', async () => {
  const onboardingId = randomUUID();
  const takenFor = { first: -1, second: 25, third: -1, fourth: 20 };
  for (const [topic, seconds] of Object.entries(takenFor))
    await pool.query(
      `INSERT INTO outbox (event_id, onboarding_id, topic, value, headers, claimed_until)
       VALUES ($1, $2, $3, '{}', '{}', now() + $4 * interval '1 second')`,
      [randomUUID(), onboardingId, topic, seconds],
    );
  const published: string[] = [];
  const publish = async (records: readonly { topic: string }[]): Promise<void> => {
    published.push(...records.map(({ topic }) => topic));
  };
  const outbox = new Outbox(pool, { publish }, pino({ level: 'silent' }));
  outbox.start();
  await waitUntil('the sweep', () => published.length === 4);
  outbox.stop();
  expect(published).toEqual(['first', 'second', 'third', 'fourth']);
  const isEmpty = async () => (await pool.query('SELECT 1 FROM outbox')).rowCount === 0;
  await waitUntil('the removal of what is published', isEmpty);
});
