import { afterAll, beforeAll, beforeEach, describe, expect, it, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld, type AskedCommand, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { StepFailure } from './failure.js';
import { pruneRunsSql } from './sql/prune.js';
import type { Found } from './steps.js';

jest.setTimeout(60_000);

const timeLimitMs = 200;

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;
let isHeld: boolean;
let isCorrectionKnown: boolean;
let revertedCount: number;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  const personalData = {
    erase: async () => (isHeld ? 'held' : []),
    acceptCorrection: async () => (isCorrectionKnown ? {} : { refusedAs: 'unknown_correction' as const }),
    revertCorrection: async () => {
      revertedCount += 1;
    },
  };
  world = await StageWorld.open({ database, kafka, tables: 'registration', personalData, signals: [] });
  await world.startProcess();
});
beforeEach(async () => {
  // A success: what failed before, for other onboardings, opens no circuit for this one.
  await passOneMore();
  isHeld = false;
  isCorrectionKnown = true;
  revertedCount = 0;
});
afterAll(async () => {
  await world.close();
  await kafka.close();
  await database.close();
});

test('an erasure is answered where the onboarding ended, however long ago', async () => {
  const passed = await passOneMore();
  const ended = await world.begin(once(lost));
  const [cancel = ''] = await world.commands(ended, { command: 'cancel' });
  await answerTo(cancel);
  await world.pool.query(pruneRunsSql, [0]);
  expect(await world.stateOf(passed)).toBeUndefined();
  const [erase = ''] = await world.commands(ended, { command: 'erase' });
  expect(await answerTo(erase)).toMatchObject({ outcome: 'applied' });
});

test('a command is answered also where its row came later and ended at once, as after a restored backup', async () => {
  const ended = await world.begin(once(lost));
  const [cancel = ''] = await world.commands(ended, { command: 'cancel' });
  await answerTo(cancel);
  const erase = { command: 'erase', commandId: randomUUID(), by: 'ops@example', why: 'a spec asks' };
  await world.pool.query(
    'INSERT INTO command (command_id, onboarding_id, command, occurred_at) VALUES ($1, $2, $3, now())',
    [erase.commandId, ended, JSON.stringify(erase)],
  );
  await world.pool.query('UPDATE stage_run SET has_commands = true WHERE onboarding_id = $1', [ended]);
  expect(await answerTo(erase.commandId)).toMatchObject({ outcome: 'applied' });
});

test('a command to an onboarding that was passed on is left to the next stage, and wakes nobody', async () => {
  const id = await passOneMore();
  const leases = async () =>
    (
      await world.pool.query<{ lease_token: string }>(
        'SELECT lease_token FROM stage_run WHERE onboarding_id = $1',
        [id],
      )
    ).rows;
  const before = await leases();
  const [commandId] = await world.commands(id, { command: 'replay' });
  const isApplied = async () =>
    (
      await world.pool.query('SELECT FROM command WHERE command_id = $1 AND applied_at IS NOT NULL', [
        commandId,
      ])
    ).rowCount === 1;
  await waitUntil('the command to be passed over', isApplied);
  expect(await leases()).toEqual(before);
});

describe('an erasure that waits for a lost call', () => {
  it('ends nothing a second time that was cancelled just before', async () => {
    const id = await world.begin(once(lost));
    await world.next(id, 'attempt');
    const [, erase = ''] = await world.commands(id, { command: 'cancel' }, { command: 'erase' });
    await answerTo(erase);
    const told = namesOf(id).filter((name) => name !== 'attempt');
    expect(told).toEqual(['cancelled', 'answered', 'erased', 'answered']);
    expect(await world.stateOf(id)).toBe('ended');
  });

  it('and is then refused by a hold leaves cancelled what was cancelled: nothing is called again', async () => {
    isHeld = true;
    const call = jest.fn(lost);
    const id = await world.begin(once(call));
    await world.next(id, 'attempt');
    const [, erase = ''] = await world.commands(id, { command: 'cancel' }, { command: 'erase' });
    expect(await answerTo(erase)).toMatchObject({ outcome: 'refused', code: 'on_hold' });
    await passOneMore();
    expect(await world.stateOf(id)).toBe('ended');
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('and is then refused by a hold leaves paused what was paused', async () => {
    isHeld = true;
    const id = await world.begin(once(lost));
    await world.next(id, 'attempt');
    const [, erase = ''] = await world.commands(id, { command: 'pause' }, { command: 'erase' });
    expect(await answerTo(erase)).toMatchObject({ outcome: 'refused', code: 'on_hold' });
    await passOneMore();
    expect(await world.stateOf(id)).toBe('paused');
  });
});

describe('a replay whose outcome cannot be stored', () => {
  it('is answered all the same', async () => {
    const unstorable = async (): Promise<object> => ({ text: 'a NUL: \u0000' });
    const found = async (): Promise<Found<object>> => ({ state: 'present', result: await unstorable() });
    const id = await world.begin(once(unstorable, found));
    await world.next(id, 'parked');
    // When the lost call has settled, nothing is written between the answer and what cannot be stored.
    await passOneMore();
    const replay = await world.command(id, { command: 'replay' });
    expect(await answerTo(replay)).toMatchObject({ outcome: 'refused', code: 'command_failed' });
  });
});

describe('a trial whose handler fails before it comes to its steps', () => {
  it('of a correction is refused, the correction is taken back, and it may be given again', async () => {
    const handler = failingOnce(async () => {
      throw new StepFailure('misconfigured', 'forbidden');
    });
    const id = await world.begin(handler.run);
    await world.next(id, 'parked');
    handler.failNext();
    const failed = await world.command(id, correction());
    expect(await answerTo(failed)).toMatchObject({ outcome: 'refused', code: 'command_failed' });
    expect(revertedCount).toBe(1);
    expect(await world.stateOf(id)).toBe('parked');
    const again = await world.command(id, correction());
    expect(await answerTo(again)).toMatchObject({ outcome: 'applied' });
  });

  it("of a human's result is refused, it stays in doubt, and the result may be given again", async () => {
    const handler = failingOnce(lost, async () => ({ state: 'unknown' }));
    const id = await world.begin(handler.run);
    await world.next(id, 'parked');
    handler.failNext();
    const result = { customerId: 'told' };
    const told: AskedCommand = { command: 'resolve', step: 'register', hasHappened: true, result };
    const failed = await world.command(id, told);
    expect(await answerTo(failed)).toMatchObject({ outcome: 'refused', code: 'command_failed' });
    const again = await world.command(id, told);
    expect(await answerTo(again)).toMatchObject({ outcome: 'applied' });
    expect((await world.next(id, 'done')).data).toMatchObject(result);
  });
});

describe('a correction that the vault does not hold', () => {
  it('is refused, and the onboarding obeys the next command', async () => {
    const id = await world.begin(
      once(async () => {
        throw new StepFailure('misconfigured', 'forbidden');
      }),
    );
    await world.next(id, 'parked');
    isCorrectionKnown = false;
    const [correct = '', cancel = ''] = await world.commands(id, correction(), { command: 'cancel' });
    expect(await answerTo(correct)).toMatchObject({ outcome: 'refused', code: 'unknown_correction' });
    expect(await answerTo(cancel)).toMatchObject({ outcome: 'applied' });
  });
});

describe('approve', () => {
  it('is refused by a stage that has nothing to approve, rather than left without an answer', async () => {
    const id = await world.begin(once(lost, async () => ({ state: 'unknown' })));
    await world.next(id, 'parked');
    const approve = await world.command(id, { command: 'approve' });
    expect(await answerTo(approve)).toMatchObject({ outcome: 'refused', code: 'not_waiting' });
  });
});

describe('cancel', () => {
  it('tells of a call of which nobody knows also when its repeat surely failed', async () => {
    const call = jest
      .fn(async (): Promise<object> => {
        throw Object.assign(new StepFailure('not-done', 'rate_limited'), { retryAfterMs: 30_000 });
      })
      .mockImplementationOnce(lost);
    const id = await world.begin(once(call, async () => ({ state: 'repeat' })));
    await world.next(id, 'attempt', ({ data }) => data['code'] === 'rate_limited');
    await world.command(id, { command: 'cancel' });
    const { data } = await world.next(id, 'cancelled');
    expect(data['remains']).toEqual([{ step: 'register', isKnown: false }]);
  });
});

function correction(): AskedCommand {
  return { command: 'correct', pointer: '/individual/phone', correctionId: randomUUID() };
}

function once(call: () => Promise<object>, find = absent): TestHandler {
  return async (_, steps) => world.done(await steps.once('register', call, { find, timeLimitMs }));
}

/** A handler that, when told, throws once before its first step: the vault was away. */
function failingOnce(call: () => Promise<object>, find = absent): { run: TestHandler; failNext: () => void } {
  let isFailing = false;
  return {
    failNext: () => (isFailing = true),
    run: async (event, steps) => {
      if (!isFailing) return once(call, find)(event, steps);
      isFailing = false;
      throw new Error('the vault is away');
    },
  };
}

async function absent(): Promise<Found<object>> {
  return { state: 'absent' };
}

async function lost(): Promise<never> {
  throw new StepFailure('unknown-outcome', 'timed_out');
}

async function answerTo(commandId: string): Promise<object> {
  await waitUntil(`an answer to ${commandId}`, () => world.answersTo(commandId).length > 0);
  expect(world.answersTo(commandId)).toHaveLength(1);
  return world.answersTo(commandId)[0] ?? {};
}

function namesOf(id: string): (string | undefined)[] {
  return world.eventsOf(id).map(({ type }) => type.split('.')[1]);
}

/** Longer than anything that waits here: a lost call's settling included. */
async function passOneMore(): Promise<string> {
  const call = jest.fn(async (): Promise<object> => ({})).mockImplementationOnce(lost);
  const id = await world.begin(once(call));
  await world.next(id, 'done');
  return id;
}
