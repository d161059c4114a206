import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { connectOnce } from '#platform/database.js';
import { StepFailure } from '#stage/failure.js';
import { NotYet } from '#stage/steps.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld, type StageProcess, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { readTold } from './read-told.js';
import { reconcile, type RestoredStage } from './reconcile.js';
import { reportLines } from './report.js';
import { stages } from './stages.js';
import { Told } from './told.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;
let admin: Client;
let name: string;
let running: StageProcess;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  name = new URL(database.url).pathname.slice(1);
  admin = await connectOnce(process.env['DATABASE_URL']!, { applicationName: 'spec', schema: 'public' });
  world = await StageWorld.open({ database, kafka, tables: 'registration' });
  running = await world.startProcess();
});
afterAll(async () => {
  await world.close();
  await admin.query(`DROP DATABASE IF EXISTS ${name}_backup`);
  await admin.end();
  await kafka.close();
  await database.close();
});

/** The other side's own count of what was done there. */
const ledger: string[] = [];
/** Onboardings whose decision is made; the others wait. */
const decided = new Set<string>();
/** Onboardings that are parked before their first effect. */
const broken = new Set<string>();

describe('a restored backup', () => {
  it('has forgotten effects and whole onboardings: none is caused twice, all go on, no event has two meanings', async () => {
    const halfWay = await begin();
    const finishedSince = await begin();
    const pausedSince = await begin();
    for (const id of [halfWay, finishedSince, pausedSince]) await world.next(id, 'attempt');
    const setGoingSince = await begin({ isBroken: true });
    await world.next(setGoingSince, 'parked');
    await backUp();
    running = await world.startProcess();

    // Of all this the backup knows nothing.
    decided.add(halfWay).add(finishedSince);
    await waitUntil('its second effect', () => ledger.includes(`activate ${halfWay}`));
    await world.command(pausedSince, { command: 'pause' });
    broken.delete(setGoingSince);
    await world.command(setGoingSince, { command: 'replay' });
    for (const id of [pausedSince, setGoingSince]) await world.next(id, 'answered');
    await world.next(setGoingSince, 'attempt', ({ data }) => data['step'] === 'decision');
    decided.add(`wallet ${finishedSince}`);
    await world.next(finishedSince, 'done');
    const missingHalfWay = await begin();
    await world.next(missingHalfWay, 'attempt');
    const missingFinished = await begin();
    decided.add(missingFinished).add(`wallet ${missingFinished}`);
    await world.next(missingFinished, 'done');

    await expect(reconcileStage()).rejects.toThrow('are running, stop them all first');
    await running.stop();
    const unread = await begin();
    await restore();
    const trackers = await trackersThatReadFarther();
    // Whoever forgets to reconcile is told, and nothing has begun.
    await expect(world.startProcess()).rejects.toMatchObject({
      cause: { message: expect.stringContaining('the database is older than it was') },
    });
    expect(await reconcileStage()).toEqual([
      { schema: 'registration', unfinished: 4, finished: 2, missing: 3, lookedUp: 5 },
    ]);
    expect(await groupsOf(trackers)).toEqual([trackers.retired]);
    // Running it again comes to the same, but for what it has finished already.
    expect(await reconcileStage()).toMatchObject([{ unfinished: 3, missing: 3, lookedUp: 5 }]);

    const ids = [halfWay, finishedSince, missingHalfWay, missingFinished, unread, setGoingSince, pausedSince];
    for (const id of ids) decided.add(id).add(`wallet ${id}`);
    expect(await world.stateOf(pausedSince)).toBe('paused');
    running = await world.startProcess();
    await world.command(pausedSince, { command: 'resume' });
    for (const id of ids) await world.next(id, 'done');
    await waitUntil('all rows to be there', async () => {
      const states = await Promise.all(ids.map((id) => world.stateOf(id)));
      return states.every((state) => state === 'passed');
    });
    expect(ledger.toSorted()).toEqual(ids.flatMap((id) => [`activate ${id}`, `register ${id}`]).toSorted());
    for (const id of ids) expectOneMeaningEach(world.eventsOf(id));
    const client = await connectOnce(database.url, { applicationName: 'spec', schema: 'public' });
    expect(await reportLines(client, ['registration'])).toEqual([expect.stringMatching(/passed: \d/u)]);
    await client.end();
  });
});

/** As the restored database names them; their offsets are those from after the backup. */
async function trackersThatReadFarther(): Promise<Record<'live' | 'building' | 'retired', string>> {
  const groupIds = {
    live: kafka.uniqueName('tracker'),
    building: kafka.uniqueName('tracker'),
    retired: kafka.uniqueName('tracker'),
  };
  const client = await connectOnce(database.url, { applicationName: 'spec', schema: 'tracker' });
  for (const [index, [state, groupId]] of Object.entries(groupIds).entries()) {
    await client.query('INSERT INTO generation (number, group_id, state) VALUES ($1, $2, $3)', [
      index + 1,
      groupId,
      state,
    ]);
    const read = { groupId, topic: world.topics.asked, partitions: [{ partition: 0, offset: '1' }] };
    await kafka.admin.setOffsets(read);
  }
  await client.end();
  return groupIds;
}

async function groupsOf(trackers: Readonly<Record<string, string>>): Promise<string[]> {
  const { groups } = await kafka.admin.listGroups();
  const known = groups.map(({ groupId }) => groupId);
  return Object.values(trackers).filter((groupId) => known.includes(groupId));
}

/** One `done`, and a number of its own for each event, from 1 without a gap. */
function expectOneMeaningEach(events: readonly OnboardingEvent[]): void {
  const byId = new Map(events.map((event) => [event.id, event]));
  for (const event of events) expect(event.type).toBe(byId.get(event.id)?.type);
  const distinct = [...byId.values()];
  expect(distinct.filter(({ type }) => type === world.done.type)).toHaveLength(1);
  // They lie on several topics, which are read in no order.
  const numbers = distinct.map(({ sequence }) => sequence ?? 0).toSorted((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
}

async function begin({ isBroken = false } = {}): Promise<string> {
  const event = world.newOnboarding(handler);
  if (isBroken) broken.add(event.onboardingId);
  await world.publish(event);
  return event.onboardingId;
}

/** Two effects, and a wait before and after the second. */
const handler: TestHandler = async ({ onboardingId }, steps) => {
  await steps.repeatable('read', async () => {
    if (broken.has(onboardingId)) throw new StepFailure('misconfigured', 'forbidden');
  });
  await effect('register');
  await wait('decision', onboardingId);
  await effect('activate');
  await wait('wallet', `wallet ${onboardingId}`);
  return world.done({});

  async function effect(step: string): Promise<void> {
    const entry = `${step} ${onboardingId}`;
    const call = async () => {
      ledger.push(entry);
      return {};
    };
    const find = async () =>
      ledger.includes(entry) ? { state: 'present' as const, result: {} } : { state: 'absent' as const };
    await steps.once(step, call, { find });
  }

  async function wait(step: string, what: string): Promise<void> {
    const policy = {
      everyMs: 50,
      everyMaxMs: 100,
      deadlineMs: 60_000,
      overdue: 'verification_overdue' as const,
    };
    await steps.poll(
      step,
      async () => (decided.has(what) ? {} : new NotYet('waiting_for_verification')),
      policy,
    );
  }
};

async function backUp(): Promise<void> {
  await running.stop();
  await admin.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [
    name,
  ]);
  await admin.query(`CREATE DATABASE ${name}_backup TEMPLATE ${name}`);
}

async function restore(): Promise<void> {
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${name}_backup`);
}

async function reconcileStage() {
  const stage = world.groupId.replace('onboarding-', '');
  const restored: RestoredStage = {
    stage,
    schema: 'registration',
    role: 'onboarding_registration',
    groupId: world.groupId,
  };
  const told = new Told({
    nextOf: (type) => (type === world.asked.type ? stage : undefined),
    endOf: (type) => (type === world.done.type ? 'passed' : undefined),
    redone: () => undefined,
    erasedType: stages.erasedType,
    standingOf: stages.standingOf,
    appliedAgain: stages.appliedAgain,
  });
  const client = await connectOnce(database.url, { applicationName: 'spec', schema: 'public' });
  try {
    await readTold(kafka, [world.topics.asked, world.topics.told, world.done.topic], (event) => {
      told.add(event);
    });
    return await reconcile({ client, admin: kafka.admin, stages: [restored], told });
  } finally {
    await client.end();
  }
}
