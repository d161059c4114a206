import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { systemClock } from '#platform/clock.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { Quota } from './quota.js';

const perSecond = 100;
const tenantId = 'tenant-a';
const patient = { signal: new AbortController().signal, timeLimitMs: 30_000 };

let database: TestDatabase;
let pools: pg.Pool[];

beforeAll(async () => {
  database = await createTestDatabase();
  pools = (['registration', 'gateway'] as const).map(
    (service) => new pg.Pool({ connectionString: database.urlFor(service), max: 2 }),
  );
});
afterAll(async () => {
  for (const pool of pools) await pool.end();
  await database.close();
});

describe('the quota of a tenant', () => {
  it('is kept by all processes together: no second has more calls than it says', async () => {
    const quotas = pools.map(newQuota);
    const calls: number[] = [];
    const callers = Array.from({ length: 250 }, async (_, index) => {
      expect(await quotas[index % 2]?.take(tenantId, patient)).toBeDefined();
      calls.push(systemClock.monotonicMs());
    });
    await Promise.all(callers);
    calls.sort((a, b) => a - b);
    const inTheSecondFrom = (at: number) => calls.filter((other) => other >= at && other < at + 1_000).length;
    expect(Math.max(...calls.map(inTheSecondFrom))).toBeLessThanOrEqual(perSecond);
  });

  it('holds back no other tenant', async () => {
    const quota = newQuota(pools[0]!);
    const turn = await quota.take('tenant-without', { ...patient, timeLimitMs: 0 });
    expect(turn?.isInTime()).toBe(true);
    expect(quota.expectedWaitMs('tenant-without')).toBe(0);
  });

  it('begins from now where the clock of Postgres was an hour ahead and has been set right', async () => {
    const quota = newQuota(pools[0]!);
    await quota.take(tenantId, patient);
    const admin = new pg.Pool({ connectionString: database.url, max: 1 });
    await admin.query(`UPDATE quota.pace SET next_at = now() + interval '1 hour'`);
    await admin.end();
    expect(await quota.take(tenantId, { ...patient, timeLimitMs: 5_000 })).toBeDefined();
  });

  it('gives a turn that is soon over', async () => {
    const turn = await newQuota(pools[0]!).take(tenantId, patient);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    expect(turn?.isInTime()).toBe(false);
  });

  it('says how long a call that comes now would wait', async () => {
    const quota = newQuota(pools[0]!);
    const abort = new AbortController();
    const waiting = Array.from({ length: 50 }, () =>
      quota.take(tenantId, { ...patient, signal: abort.signal }),
    );
    expect(quota.expectedWaitMs(tenantId)).toBeGreaterThanOrEqual(500);
    abort.abort();
    expect(new Set(await Promise.all(waiting))).toContain(undefined);
    expect(quota.expectedWaitMs(tenantId)).toBe(0);
  });

  it('gives no turn while Postgres is away: a call is given up at its time limit', async () => {
    const away = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/nothing' });
    expect(await newQuota(away).take(tenantId, { ...patient, timeLimitMs: 300 })).toBeUndefined();
    await away.end();
  });
});

function newQuota(pool: pg.Pool): Quota {
  const logger = pino({ level: 'silent' });
  return new Quota({ pool, clock: systemClock, logger, perSecond: new Map([[tenantId, perSecond]]) });
}
