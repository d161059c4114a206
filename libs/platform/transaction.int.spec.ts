import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { createPool } from './database.js';
import { inTransaction } from './transaction.js';

const url = process.env['DATABASE_URL']!;
const schema = `transaction_${randomBytes(4).toString('hex')}`;
let pool: Pool;

beforeAll(async () => {
  pool = createPool(url, { applicationName: schema, schema, max: 1 });
  await pool.query(`CREATE SCHEMA ${schema}; CREATE TABLE thing (id int PRIMARY KEY)`);
});
afterAll(async () => {
  await pool.query(`DROP SCHEMA ${schema} CASCADE`);
  await pool.end();
});

async function things(): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>('SELECT id FROM thing ORDER BY id');
  return rows.map(({ id }) => id);
}

describe('a transaction', () => {
  it('keeps all that was done in it, or nothing when the work throws', async () => {
    const gives = await inTransaction(pool, {}, async (client) => {
      await client.query('INSERT INTO thing VALUES (1), (2)');
      return 'what the work gives';
    });
    expect(gives).toBe('what the work gives');
    const thrown = inTransaction(pool, {}, async (client) => {
      await client.query('INSERT INTO thing VALUES (3)');
      throw new Error('no');
    });
    await expect(thrown).rejects.toThrow('no');
    expect(await things()).toEqual([1, 2]);
  });

  it('rejects where Postgres rolled back what the work took for done', async () => {
    const careless = inTransaction(pool, {}, async (client) => {
      await client.query('INSERT INTO thing VALUES (1)').catch(() => undefined);
    });
    await expect(careless).rejects.toThrow('rolled back');
  });

  it('has settings that nobody has after it', async () => {
    const seen = "SELECT current_setting('app.tenant_id', true) AS tenant";
    const own = await inTransaction(pool, { 'app.tenant_id': "o'tenant" }, (client) =>
      client.query<object>(seen),
    );
    expect(own.rows).toEqual([{ tenant: "o'tenant" }]);
    expect((await pool.query<object>(seen)).rows).toEqual([{ tenant: '' }]);
  });

  it('whose connection is cut between two statements rejects, and the next one has another connection', async () => {
    const admin = createPool(url, { applicationName: `${schema}-admin`, schema, max: 1 });
    const cut = inTransaction(pool, {}, async (client) => {
      await client.query('INSERT INTO thing VALUES (4)');
      const hasEnded = new Promise((resolve) => client.once('end', resolve));
      await admin.query(
        'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1',
        [schema],
      );
      // Postgres' goodbye arrives while nothing is asked.
      await hasEnded;
      await client.query('INSERT INTO thing VALUES (5)');
    });
    await expect(cut).rejects.toThrow();
    expect(await things()).toEqual([1, 2]);
    await admin.end();
  });

  it('leaves no connection in the pool that takes no writes any more', async () => {
    await pool.query('SET default_transaction_read_only = on');
    const insert = () => inTransaction(pool, {}, (client) => client.query('INSERT INTO thing VALUES (6)'));
    await expect(insert()).rejects.toThrow('read-only');
    await insert();
    expect(await things()).toEqual([1, 2, 6]);
  });
});
