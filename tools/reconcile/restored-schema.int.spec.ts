import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { connectOnce } from '#platform/database.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { reportLines } from './report.js';
import { reconcileSchema } from './restored-schema.js';
import type { ToldRun } from './told.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = await connectOnce(database.url, { applicationName: 'spec', schema: 'registration' });
});
afterAll(async () => {
  await client.end();
  await database.close();
});

it('keeps what the row has answered beside what was told since: a command that is read again has one answer', async () => {
  const onboardingId = await insertRow({ answered: ['approved-before', 'both'] });
  await reconcileWith([{ ...toldRun(onboardingId), answered: ['both', 'paused-since'] }]);
  await reconcileWith([{ ...toldRun(onboardingId), answered: ['both', 'paused-since'] }]);
  const { rows } = await client.query('SELECT answered FROM stage_run WHERE onboarding_id = $1', [
    onboardingId,
  ]);
  expect(rows).toEqual([{ answered: ['approved-before', 'both', 'paused-since'] }]);
});

it('tries again who was paused, and has been resumed and parked since', async () => {
  const onboardingId = await insertRow({ state: 'paused' });
  await reconcileWith([{ ...toldRun(onboardingId), standing: { state: 'parked', sequence: 5 } }]);
  const { rows } = await client.query(
    'SELECT state, due_at IS NOT NULL AS "isDue" FROM stage_run WHERE onboarding_id = $1',
    [onboardingId],
  );
  expect(rows).toEqual([{ state: 'active', isDue: true }]);
});

it('is reported with the id of whoever was parked while its told end was done again', async () => {
  const onboardingId = await insertRow({});
  await client.query(
    `UPDATE stage_run SET told_end = 1, state = 'parked', parked = '{"code": "vault_unreadable"}' WHERE onboarding_id = $1`,
    [onboardingId],
  );
  expect(await reportLines(client, ['registration'])).toContain(
    `registration   ${onboardingId} is parked (vault_unreadable), its end is told: replay it`,
  );
});

it('takes more onboardings than go into one statement', async () => {
  const told = Array.from({ length: 20_001 }, () => toldRun(randomUUID()));
  expect(await reconcileWith(told)).toMatchObject({ missing: 20_001 });
  const { rows } = await client.query('SELECT count(*)::int AS count FROM restored_run');
  expect(rows).toEqual([{ count: 20_001 }]);
});

function toldRun(onboardingId: string): ToldRun {
  const nothing = { toldEnd: undefined, standing: undefined, answered: [], results: {} };
  return { onboardingId, state: 'active', sequence: 5, ...nothing };
}

async function insertRow({ state = 'active', answered = [] as string[] }): Promise<string> {
  const onboardingId = randomUUID();
  await client.query(
    `INSERT INTO stage_run (onboarding_id, tenant_id, applicant_kind, event, state, answered, sequence)
     VALUES ($1, 'tenant-a', 'individual', '{}', $2, $3, 2)`,
    [onboardingId, state, JSON.stringify(answered)],
  );
  return onboardingId;
}

async function reconcileWith(told: readonly ToldRun[]) {
  await client.query('BEGIN');
  const reconciled = await reconcileSchema(client, 'registration', { told, since: new Date() });
  await client.query('COMMIT');
  return reconciled;
}
