import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { Client, type Pool } from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { waitUntil } from '../../test/wait-until.js';
import { createPool, dataSourceOptions, waitForDatabase } from './database.js';
import { StartError } from './fatal.js';

const url = process.env['DATABASE_URL']!;
const schema = `platform_${randomBytes(4).toString('hex')}`;
const applicationName = `spec-${schema}`;
let pool: Pool;

class FirstTable1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE thing (id integer)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE thing');
  }
}

beforeAll(async () => {
  pool = createPool(url, { applicationName, schema, max: 2, statementTimeoutMs: 200 });
  await pool.query(`CREATE SCHEMA ${schema}`);
});

afterAll(async () => {
  await pool.query(`DROP SCHEMA ${schema} CASCADE`);
  await pool.end();
});

/** DATABASE_URL with something else in place of one part. */
function urlWith(change: (url: URL) => void): string {
  const changed = new URL(url);
  change(changed);
  return changed.href;
}

describe('a pool', () => {
  it('means its own schema, and shows whose it is', async () => {
    const { rows } = await pool.query<object>(
      "SELECT current_schema() AS s, current_setting('application_name') AS a",
    );
    expect(rows).toEqual([{ s: schema, a: applicationName }]);
  });

  it('cancels a statement that takes longer than its time limit', async () => {
    await expect(pool.query('SELECT pg_sleep(5)')).rejects.toThrow('statement timeout');
  });

  it('gives a statement up whose connection was cut without a word', async () => {
    const links: Socket[] = [];
    const { hostname, port } = new URL(url);
    const proxy = createServer((client) => {
      const database = connect(Number(port), hostname);
      links.push(client, database);
      client.pipe(database).pipe(client);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const there = urlWith((u) => (u.port = String((proxy.address() as { port: number }).port)));
    const frozen = createPool(there, { applicationName, schema, max: 1, statementTimeoutMs: 100 });
    await frozen.query('SELECT 1');
    for (const link of links) link.unpipe();
    await expect(frozen.query('SELECT 1')).rejects.toThrow('timeout');
    await expect(frozen.query('SELECT 1')).resolves.toMatchObject({ rowCount: 1 });
    await frozen.end();
    for (const link of links) link.destroy();
    proxy.close();
  });

  it('waits for a lock no longer than it was told', async () => {
    const impatient = createPool(url, { applicationName, schema, max: 2, lockTimeoutMs: 100 });
    const holder = await impatient.connect();
    await holder.query('SELECT pg_advisory_lock(42)');
    await expect(impatient.query('SELECT pg_advisory_lock(42)')).rejects.toThrow('lock timeout');
    holder.release(true);
    await impatient.end();
  });

  it('has transactions that idle ended by Postgres', async () => {
    const { rows } = await pool.query<object>('SHOW idle_in_transaction_session_timeout');
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '10s' }]);
  });

  it('outlives the loss of its connections', async () => {
    const onError = jest.fn<(error: Error) => void>();
    const lost = createPool(url, { applicationName: `${applicationName}-lost`, schema, onError });
    await lost.query('SELECT 1');
    await pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
      `${applicationName}-lost`,
    ]);
    const { rows } = await lost
      .query<object>('SELECT 1 AS one')
      .catch(() => lost.query<object>('SELECT 1 AS one'));
    expect(rows).toEqual([{ one: 1 }]);
    await lost.end();
  });

  it('refuses a schema whose name is none', () => {
    expect(() => createPool(url, { applicationName, schema: 'a -c log_statement=all' })).toThrow(StartError);
  });
});

describe('a data source', () => {
  it('runs migrations in its own schema and keeps its books there', async () => {
    const source = new DataSource(
      dataSourceOptions({
        url,
        applicationName,
        schema,
        entities: [],
        migrations: [FirstTable1700000000000],
      }),
    );
    await source.initialize();
    await source.runMigrations();
    await source.destroy();
    const { rows } = await pool.query<{ name: string }>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1 ORDER BY 1',
      [schema],
    );
    expect(rows.map(({ name }) => name)).toEqual(['migrations', 'thing']);
  });
});

describe('waiting for the database', () => {
  const signal = new AbortController().signal;
  const onWaiting = jest.fn<(sentence: string) => void>();

  it('ends when it answers', async () => {
    await waitForDatabase(url, { signal, onWaiting });
    expect(onWaiting).not.toHaveBeenCalled();
  });

  it.each([
    ['a wrong password', (u: URL) => (u.password = 'hunter2'), 'refuses the user or password'],
    ['an unknown database', (u: URL) => (u.pathname = '/nowhere'), 'does not exist'],
  ])('is refused at once, in a sentence, for %s', async (_what, change, sentence) => {
    const refused = waitForDatabase(urlWith(change), { signal, onWaiting });
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toThrow(sentence);
    await expect(refused).rejects.not.toThrow('hunter2');
  });

  it('is said once while nobody answers, tried again, and given up on shutdown', async () => {
    let tries = 0;
    const stopping = new AbortController();
    const silent = createServer((socket) => {
      socket.destroy();
      if (++tries === 3) stopping.abort(new Error('stopping'));
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const there = urlWith((u) => (u.host = `127.0.0.1:${port}`));
    const waiting = waitForDatabase(there, { signal: stopping.signal, onWaiting, pauseMs: 1 });
    await expect(waiting).rejects.toThrow(/stopping|aborted/u);
    expect(onWaiting.mock.calls).toEqual([
      [
        expect.stringMatching(
          `^waiting for Postgres at 127.0.0.1:${port} \\(.+\\): start it, or set DATABASE_URL to where it is$`,
        ),
      ],
    ]);
    silent.close();
  });

  it('leaves no connection behind', async () => {
    await waitForDatabase(
      urlWith((u) => u.searchParams.set('application_name', `${schema}-wait`)),
      { signal, onWaiting },
    );
    const client = new Client({ connectionString: url });
    await client.connect();
    const ours = 'SELECT 1 FROM pg_stat_activity WHERE application_name = $1';
    await waitUntil(
      'the connection is gone',
      async () => (await client.query(ours, [`${schema}-wait`])).rowCount === 0,
    );
    await client.end();
  });
});
