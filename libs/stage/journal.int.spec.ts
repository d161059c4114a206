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
let journal: Journal;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.urlFor('registration'), { applicationName: 'spec', schema: 'registration' });
  journal = new Journal(pool, pino({ level: 'silent' }));
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

it('a write that waited beyond its lease gets no verdict of the next owner’s, though both are in this process', async () => {
  const onboardingId = await leasedUnder(2);
  const [late, own] = await Promise.allSettled([
    journal.write(writeOf(onboardingId, '1')),
    journal.write(writeOf(onboardingId, '2')),
  ]);
  expect(late).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLost) });
  expect(own).toEqual({ status: 'fulfilled', value: expect.objectContaining({ hasCommands: false }) });
  expect(await toldOf(onboardingId)).toEqual(['told-by-2']);
});

it('a result that an earlier owner brings late takes the lease from the present one at once, and stays the first', async () => {
  const onboardingId = await leasedUnder(2);
  const late = { step: 'register', intentId: randomUUID(), result: { result: 'first', tries: 1, ms: 1 } };
  expect(await journal.recordLate(onboardingId, late)).toBe(true);
  await expect(journal.write(writeOf(onboardingId, '2'))).rejects.toThrow(LeaseLost);
  const second = { ...late, result: { ...late.result, result: 'second' } };
  expect(await journal.recordLate(onboardingId, second)).toBe(false);
  const { rows } = await pool.query('SELECT results FROM stage_run WHERE onboarding_id = $1', [onboardingId]);
  expect(rows).toEqual([{ results: { register: late.result } }]);
  expect(await toldOf(onboardingId)).toEqual([]);
});

/** A new onboarding whose lease has the token. */
async function leasedUnder(leaseToken: number): Promise<string> {
  const onboardingId = randomUUID();
  await pool.query(
    `INSERT INTO stage_run (onboarding_id, tenant_id, applicant_kind, event, lease_token)
     VALUES ($1, 'tenant-a', 'individual', '{}', $2)`,
    [onboardingId, leaseToken],
  );
  return onboardingId;
}

function writeOf(onboardingId: string, leaseToken: string): RunWrite {
  return {
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
  };
}

async function toldOf(onboardingId: string): Promise<string[]> {
  const { rows } = await pool.query<{ topic: string }>('SELECT topic FROM outbox WHERE onboarding_id = $1', [
    onboardingId,
  ]);
  return rows.map(({ topic }) => topic);
}
