import { afterAll, beforeAll, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultStageSettings } from '#stage/stage-options.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { connectTestKafka, type TestKafka } from '../kafka.js';
import { StageWorld, type TestHandler } from '../stage-world.js';
import { waitUntil } from '../wait-until.js';
import { quantile } from './quantile.js';

const waitingCount = 100_000;
const singlesCount = 20;
const perPublish = 2_000;
const timeLimitMs = 600_000;

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  const settings = {
    inFlightMax: 200,
    unfinishedMax: defaultStageSettings.unfinishedMax,
    claimIntervalMs: 200,
    leaseMs: 16_000,
  };
  world = await StageWorld.open({ database, kafka, tables: 'registration', settings });
  await world.startProcess();
}, timeLimitMs);
afterAll(async () => {
  await world.close();
  await Promise.all([kafka.close(), database.close()]);
}, timeLimitMs);

test(
  `single requests of a tenant while ${waitingCount} of another wait in the same stage`,
  async () => {
    const alone = await singles();
    const slow: TestHandler = async (_, steps) => {
      await steps.repeatable('read', () => delay(2_000));
      return world.done({});
    };
    for (let published = 0; published < waitingCount; published += perPublish)
      await world.publish(...Array.from({ length: perPublish }, () => world.newOnboarding(slow)));
    const rows = async () =>
      (await world.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM stage_run')).rows[0]
        ?.count;
    await waitUntil('all to wait', async () => ((await rows()) ?? 0) >= waitingCount, timeLimitMs);
    const behind = await singles();
    process.stderr.write(
      `fairness: alone ${tell(alone)}; behind ${waitingCount} of another tenant ${tell(behind)}\n`,
    );
  },
  2 * timeLimitMs,
);

/** Milliseconds from publishing to the event that passes it on, of one request after the other. */
async function singles(): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < singlesCount; index += 1) {
    const single = { ...world.newOnboarding(async () => world.done({})), tenantId: 'tenant-b' };
    const startedAt = performance.now();
    await world.publish(single);
    await waitUntil('its end', () => world.eventsOf(single.onboardingId).length > 0, timeLimitMs);
    times.push(performance.now() - startedAt);
  }
  return times;
}

function tell(times: readonly number[]): string {
  return `${quantile(times, 0.5)} ms (median), ${quantile(times, 1)} ms (longest)`;
}
