import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { createPool } from '#platform/database.js';
import { SameDatabase } from '#stage/same-database.js';
import { startPostgres, type LocalPostgres } from '../tools/local/postgres.js';
import { stateDirectory } from '../tools/local/project-root.js';
import { waitUntil } from './wait-until.js';

jest.setTimeout(120_000);

const directory = join(stateDirectory, 'test', `same-database-${process.pid}-${randomUUID().slice(0, 8)}`);
const cluster = join(directory, 'data', 'cluster');

const onOther = jest.fn();
let postgres: LocalPostgres;
let pool: pg.Pool;

beforeAll(async () => {
  postgres = await start();
  const database = new SameDatabase();
  database.onOther = onOther;
  pool = createPool(postgres.url, {
    ...{ applicationName: 'spec', schema: 'public', max: 2 },
    onConnect: (client) => database.check(client),
  });
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
});

it('a process that meets Postgres on another timeline, as after a fail-over, is told once; a restart alone tells nothing', async () => {
  await ask();
  await restart();
  await ask();
  expect(onOther).not.toHaveBeenCalled();

  // As a standby that is promoted: it recovers what it has, and begins a timeline of its own.
  await restart(() => {
    appendFileSync(join(cluster, 'postgresql.auto.conf'), "restore_command = 'false'\n");
    writeFileSync(join(cluster, 'recovery.signal'), '');
  });
  await Promise.all([ask(), ask()]);
  expect(onOther).toHaveBeenCalledTimes(1);
});

function start(port?: number): Promise<LocalPostgres> {
  return startPostgres({ directory, isDurable: false, port });
}

async function restart(inBetween: () => void = () => undefined): Promise<void> {
  await postgres.stop();
  inBetween();
  postgres = await start(postgres.port);
}

/** Until it answers: the pool's old connections are broken. */
async function ask(): Promise<void> {
  const isAnswered = () =>
    pool.query('SELECT 1').then(
      () => true,
      () => false,
    );
  await waitUntil('an answer', isAnswered, 30_000);
}
