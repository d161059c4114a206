import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres, type LocalPostgres } from '../local/postgres.js';
import { stateDirectory } from '../local/project-root.js';
import { setUpDatabase } from './database.js';
import { databaseServices, urlForService } from './services.js';

jest.setTimeout(120_000);

/** Of its own: roles belong to a whole cluster. */
const directory = join(stateDirectory, 'test', `role-passwords-${process.pid}-${randomUUID().slice(0, 8)}`);
const generated = { isPasswordGenerated: true };
let postgres: LocalPostgres;

beforeAll(async () => {
  postgres = await startPostgres({ directory, isDurable: false });
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('CREATE DATABASE another');
  await client.end();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
});

it('a password that nobody chose is given to new roles, and is theirs at every further start', async () => {
  await setUpDatabase(postgres.url, 'first-of-ours', generated);
  expect(await setUpDatabase(postgres.url, 'first-of-ours', generated)).toEqual({ migrationsRun: 0 });
  for (const service of databaseServices) expect(await canLogIn(service, 'first-of-ours')).toBe(true);
});

it('roles with another password are refused in one sentence, and everybody who uses them still can', async () => {
  const another = new URL(postgres.url);
  another.pathname = '/another';
  for (const url of [postgres.url, another.href])
    await expect(setUpDatabase(url, 'second-of-ours', generated)).rejects.toThrow(
      /^Postgres has the role onboarding_registration already, with another password .* set SERVICE_DATABASE_PASSWORD/u,
    );
  for (const service of databaseServices) expect(await canLogIn(service, 'first-of-ours')).toBe(true);
});

it('another database of the cluster is set up with roles that have the password already', async () => {
  const another = new URL(postgres.url);
  another.pathname = '/another';
  const { migrationsRun } = await setUpDatabase(another.href, 'first-of-ours', generated);
  expect(migrationsRun).toBeGreaterThan(0);
});

it('a password that the user has set becomes that of the roles', async () => {
  await setUpDatabase(postgres.url, 'chosen-by-the-user');
  expect(await canLogIn('gateway', 'chosen-by-the-user')).toBe(true);
  expect(await canLogIn('gateway', 'first-of-ours')).toBe(false);
});

async function canLogIn(service: (typeof databaseServices)[number], password: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlForService(postgres.url, service, password) });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: '28P01' });
    return false;
  }
}
