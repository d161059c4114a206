import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { pino } from 'pino';
import { createPool } from '#platform/database.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { Journal, type RunWrite } from './journal.js';
import { LeaseLost } from './outcome.js';

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

it('a write that waited beyond its lease gets no verdict of the next owner’s, though both are in this process', async () => {
  const onboardingId = randomUUID();
  await pool.query(
    `INSERT INTO stage_run (onboarding_id, tenant_id, applicant_kind, event, lease_token)
     VALUES ($1, 'tenant-a', 'individual', '{}', 2)`,
    [onboardingId],
  );
  const journal = new Journal(pool, pino({ level: 'silent' }));
  const of = (leaseToken: string): RunWrite => ({
    onboardingId,
    leaseToken,
    state: 'active',
    results: { [`of-${leaseToken}`]: { result: {}, tries: 1, ms: 1 } },
    openStep: null,
    settleMs: null,
    sequence: 1,
    attempt: 1,
    replayOf: null,
    signals: [],
    parked: null,
    answered: [],
    dueMs: null,
    leaseMs: 10_000,
    mayCommandsWait: false,
    appliedCommands: [],
    events: [
      { eventId: randomUUID(), onboardingId, topic: `told-by-${leaseToken}`, value: '{}', headers: {} },
    ],
  });
  const [late, own] = await Promise.allSettled([journal.write(of('1')), journal.write(of('2'))]);
  expect(late).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLost) });
  expect(own).toEqual({ status: 'fulfilled', value: expect.objectContaining({ hasCommands: false }) });
  const { rows } = await pool.query('SELECT topic FROM outbox WHERE onboarding_id = $1', [onboardingId]);
  expect(rows).toEqual([{ topic: 'told-by-2' }]);
});
