import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { prune } from './prune.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, options: '-c search_path=personnel', max: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

it('all that is old enough is forgotten at once, however much it is; what is younger stays, and where an onboarding ended', async () => {
  await insert({ count: 2_500, state: 'passed', days: 121 });
  await insert({ count: 3, state: 'passed', days: 119 });
  await insert({ count: 2, state: 'ended', days: 500 });
  await pool.query(
    `INSERT INTO command (command_id, onboarding_id, command, occurred_at, received_at)
     SELECT gen_random_uuid(), gen_random_uuid(), '{}', now(), now() - day * interval '1 day'
     FROM generate_series(1, 2500), (VALUES (119), (121)) AS age(day) WHERE day = 121 OR generate_series = 1`,
  );
  await prune(pool, 120);
  expect(await count('stage_run')).toBe(5);
  expect(await count('command')).toBe(1);
});

async function insert(rows: { count: number; state: string; days: number }): Promise<void> {
  await pool.query(
    `INSERT INTO stage_run (onboarding_id, tenant_id, applicant_kind, event, state, updated_at)
     SELECT gen_random_uuid(), 'a', 'organization', '{}', $2, now() - $3 * interval '1 day' FROM generate_series(1, $1)`,
    [rows.count, rows.state, rows.days],
  );
}

async function count(table: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  return rows[0]?.count ?? 0;
}
