import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { connectOnce } from '#platform/database.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { waitUntil } from '../../test/wait-until.js';
import { migrate, setUpDatabase } from './database.js';
import { migrationsOfSchema } from './schemas.js';

jest.setTimeout(60_000);

const schema = 'registration';
const lockTimeoutMs = 300;

class AddColumn1900000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE stage_run ADD COLUMN spec text');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE stage_run DROP COLUMN spec');
  }
}

let database: TestDatabase;
const open: Client[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const client of open) await client.end();
  await database.close();
});

async function connect(url: string): Promise<Client> {
  const client = await connectOnce(url, { applicationName: 'spec', schema });
  open.push(client);
  return client;
}

describe('a migration of a table that somebody holds', () => {
  it('lets the old version’s statements go on, and is made when the table is free', async () => {
    const [holder, oldVersion] = [
      await connect(database.url),
      await connect(database.urlFor('registration')),
    ];
    await holder.query('BEGIN; SELECT FROM stage_run');
    const say = jest.fn<(line: string) => void>();
    const migrations = [...migrationsOfSchema.get(schema)!, AddColumn1900000000000];
    let isMade = false;
    const made = migrate(
      { url: database.url, schema, migrations },
      { lockTimeoutMs, pauseMs: 100, say },
    ).finally(() => (isMade = true));

    const waits: number[] = [];
    await waitUntil('some statements to have waited behind the migration', async () => {
      const beganAt = performance.now();
      await oldVersion.query('UPDATE stage_run SET updated_at = now()');
      waits.push(performance.now() - beganAt);
      return waits.filter((ms) => ms > lockTimeoutMs / 2).length >= 2;
    });
    expect(isMade).toBe(false);
    expect(say.mock.calls).toEqual([
      ['Setting up schema registration waits for others, and is tried again.'],
    ]);
    // Nobody waits for longer than the migration does, as far as a busy machine can tell.
    expect(Math.max(...waits)).toBeLessThan(lockTimeoutMs + 1_000);

    await holder.query('COMMIT');
    expect(await made).toBe(1);
    await oldVersion.query('SELECT spec FROM stage_run');
    expect(await migrate({ url: database.url, schema, migrations })).toBe(0);
  });

  it('is given up after so many tries, with Postgres’ word for it', async () => {
    const holder = await connect(database.url);
    await holder.query('BEGIN; SELECT FROM command');
    class AddColumn1900000000001 implements MigrationInterface {
      up = (runner: QueryRunner) => runner.query('ALTER TABLE command ADD COLUMN spec text') as Promise<void>;
      down = (runner: QueryRunner) => runner.query('ALTER TABLE command DROP COLUMN spec') as Promise<void>;
    }
    const migrations = [...migrationsOfSchema.get(schema)!, AddColumn1900000000000, AddColumn1900000000001];
    const limits = { lockTimeoutMs: 50, pauseMs: 10, triesMax: 3 };
    await expect(migrate({ url: database.url, schema, migrations }, limits)).rejects.toThrow('lock timeout');
    await holder.query('ROLLBACK');
  });
});

describe('two set-ups at once', () => {
  it('take turns: each migration runs once', async () => {
    const name = `onboarding_twice_${randomBytes(4).toString('hex')}`;
    const url = new URL(database.url);
    url.pathname = `/${name}`;
    const admin = await connect(process.env['DATABASE_URL']!);
    await admin.query(`CREATE DATABASE ${name}`);
    const setUps = await Promise.all([1, 2].map(() => setUpDatabase(url.href, database.servicePassword)));
    const all = [...migrationsOfSchema.values()].reduce((sum, { length }) => sum + length, 0);
    expect(setUps.map(({ migrationsRun }) => migrationsRun).sort()).toEqual([0, all]);
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  });
});
