import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { setUpDatabase } from './database.js';
import { databaseServices } from './services.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test('setting up a database that is set up changes nothing', async () => {
  expect(await setUpDatabase(database.url, database.servicePassword)).toEqual({ migrationsRun: 0 });
});

test.each(databaseServices)(
  '%s works in its own schema, and can read no other service’s',
  async (service) => {
    const client = new pg.Client({ connectionString: database.urlFor(service) });
    await client.connect();
    const { rows } = await client.query<{ schema: string; name: string }>(
      `SELECT table_schema AS schema, table_name AS name FROM information_schema.table_privileges
     WHERE grantee = current_user AND privilege_type = 'SELECT' AND table_schema NOT IN ('vault', 'quota')`,
    );
    await client.end();
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map(({ schema }) => schema))).toEqual(new Set([service]));
    expect(rows.map(({ name }) => name)).not.toContain('migrations');
  },
);

test('no service may make tables, or has rights of a superuser', async () => {
  const client = new pg.Client({ connectionString: database.urlFor('tracker') });
  await client.connect();
  await expect(client.query('CREATE TABLE tracker.mine (id int)')).rejects.toThrow('permission denied');
  await expect(client.query('CREATE SCHEMA mine')).rejects.toThrow('permission denied');
  await client.end();
});
