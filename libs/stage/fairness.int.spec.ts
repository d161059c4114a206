import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { StepFailure } from './failure.js';
import { claimRunsSql } from './sql/claim-runs.js';
import { storeBatchSql } from './sql/store-batch.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let kafka: TestKafka;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
});
afterAll(async () => {
  await kafka.close();
  await database.close();
});

describe('One slow or failing applicant, tenant or endpoint does not hold up the others.', () => {
  it('a tenant with many waiting does not make another’s single request wait for them', async () => {
    const world = await StageWorld.open({ database, kafka, tables: 'registration' });
    await world.startProcess();
    try {
      const slow: TestHandler = async (_, steps) => {
        await steps.repeatable('read', () => delay(150));
        return world.done({});
      };
      const many = Array.from({ length: 600 }, () => world.newOnboarding(slow));
      const single = { ...world.newOnboarding(slow), tenantId: 'tenant-b' };
      await world.publish(...many, single);
      await world.next(single.onboardingId, 'done');
      const done = many.filter(({ onboardingId }) => world.eventsOf(onboardingId).length > 0);
      expect(done.length).toBeLessThan(many.length / 2);
    } finally {
      await world.close();
    }
  });

  it('applicants whose calls hang, and one whom FinHub fails, do not hold up who comes after them', async () => {
    const world = await StageWorld.open({ database, kafka, tables: 'verification' });
    await world.startProcess();
    try {
      const hung = Array.from({ length: 5 }, () => world.newOnboarding(read(() => delay(20_000))));
      const failing = world.newOnboarding(read(fail));
      const next = world.newOnboarding(read(async () => undefined));
      await world.publish(...hung, failing, next);
      await world.next(next.onboardingId, 'done');
      expect(hung.flatMap(({ onboardingId }) => world.eventsOf(onboardingId))).toEqual([]);
      await world.next(failing.onboardingId, 'parked');
    } finally {
      await world.close();
    }

    function read(call: () => Promise<unknown>): TestHandler {
      return async (_, steps) => {
        await steps.repeatable('read', async () => ({ read: await call() }), { timeLimitMs: 30_000 });
        return world.done({});
      };
    }
  });

  it('a slow endpoint holds back only those who need it: another of the same tenant finds a place', async () => {
    const world = await StageWorld.open({ database, kafka, tables: 'personnel' });
    await world.startProcess();
    try {
      const doing = (step: string, ms: number): TestHandler => {
        return async (_, steps) => {
          await steps.repeatable(step, () => delay(ms));
          return world.done({});
        };
      };
      const many = Array.from({ length: 150 }, () => world.newOnboarding(doing('slow', 1_000)));
      const single = world.newOnboarding(doing('quick', 0));
      await world.publish(...many, single);
      await world.next(single.onboardingId, 'done');
      const done = many.filter(({ onboardingId }) => world.eventsOf(onboardingId).length > 0);
      expect(done.length).toBeLessThan(many.length / 3);
      for (const { onboardingId } of many) await world.next(onboardingId, 'done');
    } finally {
      await world.close();
    }
  });

  it('an endpoint that fails for everybody holds up only those who need it', async () => {
    const world = await StageWorld.open({ database, kafka, tables: 'consent' });
    await world.startProcess();
    try {
      const using = (step: string, call: () => Promise<object>): TestHandler => {
        return async (_, steps) => {
          await steps.repeatable(step, call);
          return world.done({});
        };
      };
      const many = Array.from({ length: 30 }, () => world.newOnboarding(using('broken', fail)));
      await world.publish(...many);
      await waitUntil('the circuit to open', () => world.circuits.length > 0, 30_000);
      const others = Array.from({ length: 10 }, () => world.newOnboarding(using('well', async () => ({}))));
      await world.publish(...others);
      for (const { onboardingId } of others) await world.next(onboardingId, 'done');
      const told = many.flatMap(({ onboardingId }) => world.eventsOf(onboardingId));
      expect(told.map(({ type }) => type)).not.toContain('onboarding.parked.v1');
    } finally {
      await world.close();
    }
  });
});

it('a claim takes as many of each tenant, whatever waits behind them, and no more than a tenant’s share', async () => {
  const world = await StageWorld.open({ database, kafka, tables: 'personnel' });
  try {
    for (const tenantId of ['a', 'b', 'c', 'd', 'e'])
      await world.pool.query(
        `INSERT INTO stage_run (onboarding_id, tenant_id, applicant_kind, event, due_at)
         SELECT gen_random_uuid(), $1, 'individual', jsonb_build_object('tenantId', $1::text),
                now() - (ordinal || ' ms')::interval
         FROM generate_series(1, 100) AS ordinal`,
        [tenantId],
      );
    expect(await claim({ free: 12, ofOthers: 8, ofTenant: { b: 1, c: 0 } })).toEqual({
      a: 4,
      b: 1,
      d: 4,
      e: 3,
    });
    expect(await claim({ free: 500, ofOthers: 2, ofTenant: {} })).toEqual({ a: 2, b: 2, c: 2, d: 2, e: 2 });
  } finally {
    await world.close();
  }

  async function claim({ free, ofOthers, ofTenant }: { free: number; ofOthers: number; ofTenant: object }) {
    const values = [free, ofOthers, 'somebody', 60_000, JSON.stringify(ofTenant)];
    const { rows } = await world.pool.query<{ event: { tenantId: string } }>(claimRunsSql, values);
    const tenants = rows.map(({ event }) => event.tenantId).sort();
    return Object.fromEntries(tenants.map((id) => [id, tenants.filter((other) => other === id).length]));
  }
});

it('a command leaves what is due at its place in the queue, and has what rests looked at now', async () => {
  const world = await StageWorld.open({ database, kafka, tables: 'consent' });
  try {
    const [due, resting] = [randomUUID(), randomUUID()];
    await world.pool.query(
      `INSERT INTO stage_run (onboarding_id, tenant_id, applicant_kind, event, state, due_at)
       VALUES ($1, 'a', 'individual', '{}', 'active', now() - interval '1 hour'), ($2, 'a', 'individual', '{}', 'paused', NULL)`,
      [due, resting],
    );
    const commands = [due, resting].map((id) => ({
      command_id: randomUUID(),
      onboarding_id: id,
      command: {},
      occurred_at: new Date().toISOString(),
    }));
    await world.pool.query(storeBatchSql, ['[]', JSON.stringify(commands), '[]', 'somebody', 1_000, '[]']);
    const { rows } = await world.pool.query<{ id: string; waitedMinutes: number }>(
      `SELECT onboarding_id AS id, round(extract(epoch FROM now() - due_at) / 60)::int AS "waitedMinutes"
       FROM stage_run WHERE has_commands AND onboarding_id = ANY($1::uuid[])`,
      [[due, resting]],
    );
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(
      expect.arrayContaining([
        { id: due, waitedMinutes: 60 },
        { id: resting, waitedMinutes: 0 },
      ]),
    );
  } finally {
    await world.close();
  }
});

async function fail(): Promise<never> {
  throw new StepFailure('not-done', 'server_error');
}
