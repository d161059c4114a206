import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { quickSettings, StageWorld, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { NotYet } from './steps.js';

jest.setTimeout(60_000);

const statementTimeoutMs = 700;
/** Longer than the statements' time limit, and than the leases: what was under way is up for grabs afterwards. */
const outageMs = quickSettings.leaseMs + 1_000;

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;
let admin: pg.Client;
let name: string;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  name = new URL(database.url).pathname.slice(1);
  admin = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  await admin.connect();
  world = await StageWorld.open({ database, kafka, tables: 'registration' });
  await world.startProcess({ statementTimeoutMs });
  await world.startProcess({ statementTimeoutMs });
});
afterEach(() => {
  expect(world.deadLetters).toEqual([]);
});
afterAll(async () => {
  await world.close();
  await kafka.close();
  await database.close();
  await admin.end();
});

interface Outage {
  readonly what: string;
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
}

const outages: Outage[] = [
  {
    what: 'that takes no writes',
    begin: () => settingOfDatabase('SET default_transaction_read_only = on'),
    end: () => settingOfDatabase('RESET default_transaction_read_only'),
  },
  {
    what: 'that is away',
    begin: () => settingOfDatabase('ALLOW_CONNECTIONS false'),
    end: () => settingOfDatabase('ALLOW_CONNECTIONS true'),
  },
  {
    what: 'whose disk is full (SQLSTATE 53100 from each write)',
    begin: () =>
      asSuperuser(`
        CREATE FUNCTION registration.disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON registration.stage_run
          EXECUTE FUNCTION registration.disk_full()`),
    end: () => asSuperuser('DROP FUNCTION registration.disk_full CASCADE'),
  },
];

describe('a database', () => {
  it.each(outages)(
    '$what for a while holds work up; it goes on by itself, nothing lost or twice',
    async (outage) => {
      const work = new Work();
      await work.begin(10);
      await waitUntil('calls to be under way', () => work.calls.length === 10);
      await outage.begin();
      work.answer();
      await work.begin(10);
      await delay(outageMs);
      await outage.end();
      await work.expectDoneOnce();
    },
  );

  it('whose table somebody else has locked for longer than a statement may take holds work up likewise', async () => {
    const work = new Work();
    await work.begin(10);
    await waitUntil('calls to be under way', () => work.calls.length === 10);
    const somebody = new pg.Client({ connectionString: database.url });
    await somebody.connect();
    await somebody.query('BEGIN; LOCK TABLE registration.stage_run IN ACCESS EXCLUSIVE MODE');
    work.answer();
    await work.begin(10);
    await delay(outageMs);
    await somebody.query('COMMIT');
    await somebody.end();
    await work.expectDoneOnce();
  });

  it('that fails between a claim and its work costs none of the places for work', async () => {
    const settings = { inFlightMax: 2 };
    const narrow = await StageWorld.open({ database, kafka, tables: 'personnel', settings });
    await narrow.startProcess({ statementTimeoutMs: 200 });
    let isDecided = false;
    const policy = { everyMs: 50, everyMaxMs: 50, deadlineMs: 60_000, overdue: 'wallet_overdue' } as const;
    const ids = await Promise.all(
      [1, 2, 3, 4].map(() =>
        narrow.begin(async (_, steps) => {
          const look = async () => (isDecided ? {} : new NotYet('waiting_for_wallet'));
          return narrow.done(await steps.poll('wallet', look, policy));
        }),
      ),
    );
    for (const id of ids) await narrow.next(id, 'attempt');
    const somebody = new pg.Client({ connectionString: database.url });
    await somebody.connect();
    await somebody.query('BEGIN; LOCK TABLE personnel.outbox IN ACCESS EXCLUSIVE MODE');
    await delay(quickSettings.leaseMs);
    await somebody.query('COMMIT');
    await somebody.end();
    isDecided = true;
    for (const id of ids) await narrow.next(id, 'done');
    await narrow.close();
  });
});

/** Onboardings with one `once` step each, whose calls all wait for {@link answer}. */
class Work {
  /** The other side's ledger: the onboardings for which it was called. */
  readonly calls: string[] = [];
  private readonly begun: string[] = [];
  answer!: () => void;
  private readonly answered = new Promise<void>((resolve) => (this.answer = resolve));

  async begin(count: number): Promise<void> {
    const events = Array.from({ length: count }, () => world.newOnboarding(this.handler));
    this.begun.push(...events.map(({ onboardingId }) => onboardingId));
    await world.publish(...events);
  }

  async expectDoneOnce(): Promise<void> {
    for (const id of this.begun) await world.next(id, 'done');
    expect(this.calls.toSorted()).toEqual(this.begun.toSorted());
    const ends = this.begun.map((id) => world.eventsOf(id).filter(({ type }) => !type.includes('attempt')));
    expect(new Set(ends.map((events) => events.map(({ type }) => type).join()))).toEqual(
      new Set(['spec.done.v1']),
    );
  }

  private readonly handler: TestHandler = async ({ onboardingId }, steps) => {
    const call = async () => {
      this.calls.push(onboardingId);
      await this.answered;
      return {};
    };
    const find = async () =>
      this.calls.includes(onboardingId)
        ? { state: 'present' as const, result: {} }
        : { state: 'absent' as const };
    return world.done(await steps.once('register', call, { find }));
  };
}

/** Sessions take a database's settings when they begin: those that are there are ended. */
async function settingOfDatabase(setting: string): Promise<void> {
  await admin.query(`ALTER DATABASE ${name} ${setting}`);
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
}

async function asSuperuser(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
