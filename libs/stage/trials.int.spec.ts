import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { quickSettings, StageWorld, type AskedCommand, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { StepFailure } from './failure.js';
import type { Found } from './steps.js';

jest.setTimeout(60_000);

const timeLimitMs = 200;

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;

/** What the vault would hold of the request: a correction puts another value in its place. */
let phone: string;
let vaultDid: string[];
let isHeld: boolean;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  const personalData = {
    acceptCorrection: async () => {
      phone = 'corrected';
      vaultDid.push('accept');
      return {};
    },
    revertCorrection: async () => {
      phone = 'as requested';
      vaultDid.push('revert');
    },
    erase: async () => {
      if (isHeld) return 'held';
      vaultDid.push('erase');
      return [];
    },
  };
  world = await StageWorld.open({ database, kafka, tables: 'registration', personalData });
  await world.startProcess();
});
beforeEach(() => {
  phone = 'as requested';
  vaultDid = [];
  isHeld = false;
});
afterAll(async () => {
  await world.close();
  await kafka.close();
  await database.close();
});

describe('a correction on trial', () => {
  it('is applied once the handler gets past its finished steps, and the open step sees it', async () => {
    const register = jest.fn(async () => ({}));
    const seen: string[] = [];
    const id = await world.begin(async (_, steps) => {
      await steps.once('register', register, { find: absent, input: 'the e-mail' });
      const activate = async () => {
        seen.push(phone);
        if (phone === 'as requested') throw new StepFailure('misconfigured', 'forbidden');
        return {};
      };
      return world.done(await steps.once('activate', activate, { find: absent, input: phone }));
    });
    await world.next(id, 'parked');
    const commandId = await answered(id, correct(), { outcome: 'applied' });
    expect(await world.next(id, 'done')).toMatchObject({ attempt: 2, replayOf: commandId });
    expect(seen.at(-1)).toBe('corrected');
    expect(vaultDid).toEqual(['accept']);
    expect(register).toHaveBeenCalledTimes(1);
  });

  it('that would change what a finished step was given is taken back, and it stays parked as it was', async () => {
    const activate = jest.fn(async () => {
      throw new StepFailure('misconfigured', 'forbidden');
    });
    const id = await world.begin(async (_, steps) => {
      await steps.once('register', async () => ({}), { find: absent, input: phone });
      return world.done(await steps.once('activate', activate, { find: absent }));
    });
    const parked = await world.next(id, 'parked');
    const before = await rowOf(id);
    const callsBefore = activate.mock.calls.length;
    await answered(id, correct(), { outcome: 'refused', code: 'correction_refused' });
    expect(vaultDid).toEqual(['accept', 'revert']);
    await waitUntil('it to be at rest', async () => (await rowOf(id)).due_at === null);
    const { state, open_step, attempt, replay_of, parked: reason } = await rowOf(id);
    expect({ state, open_step, attempt, replay_of }).toEqual({
      state: 'parked',
      open_step: before.open_step,
      attempt: 1,
      replay_of: null,
    });
    expect(reason).toMatchObject({ code: parked.data['code'] });
    expect(activate).toHaveBeenCalledTimes(callsBefore);
  });
});

describe('what a human says of a step in doubt', () => {
  it('is refused as `result_missing` without what the handler needs of it; it stays in doubt', async () => {
    const call = jest.fn(lost);
    const id = await world.begin(inDoubt(call));
    await world.next(id, 'parked');
    for (const result of [undefined, {}, { userId: 'user-1' }])
      await answered(id, resolve({ hasHappened: true, ...(result && { result }) }), {
        outcome: 'refused',
        code: 'result_missing',
      });
    expect(await rowOf(id)).toMatchObject({ state: 'parked', attempt: 1, results: {} });
    const result = { customerId: 'customer-1' };
    await answered(id, resolve({ hasHappened: true, result }), { outcome: 'applied' });
    expect((await world.next(id, 'done')).data).toMatchObject(result);
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('did not happen: the call is made again', async () => {
    const call = jest
      .fn(async (): Promise<object> => ({ customerId: 'second' }))
      .mockImplementationOnce(lost);
    const id = await world.begin(inDoubt(call));
    await world.next(id, 'parked');
    await answered(id, resolve({ hasHappened: false }), { outcome: 'applied' });
    expect((await world.next(id, 'done')).data).toMatchObject({ customerId: 'second' });
    expect(call).toHaveBeenCalledTimes(2);
  });
});

describe('erase', () => {
  it('waits until nobody can still be doing a lost call, then says that nobody knows what it did', async () => {
    const at = { called: 0 };
    const find = jest.fn(absent);
    const id = await world.begin(
      once(async () => {
        at.called = performance.now();
        return lost();
      }, find),
    );
    await world.next(id, 'attempt');
    const commandId = await world.command(id, { command: 'erase' });
    await world.next(id, 'erased');
    expect(performance.now() - at.called).toBeGreaterThan(timeLimitMs + quickSettings.settleMs - 50);
    const { data } = await world.next(id, 'cancelled');
    expect(data['remains']).toEqual([{ step: 'register', isKnown: false }]);
    expect(world.answersTo(commandId)).toMatchObject([{ outcome: 'applied' }]);
    expect(find).not.toHaveBeenCalled();
    expect(vaultDid).toEqual(['erase']);
  });

  it('after the end destroys the key and ends nothing a second time', async () => {
    const id = await world.begin(inDoubt(lost));
    await world.next(id, 'parked');
    await answered(id, { command: 'cancel' }, { outcome: 'applied' });
    await answered(id, { command: 'erase' }, { outcome: 'applied' });
    await answered(id, { command: 'erase' }, { outcome: 'applied' });
    const names = world.eventsOf(id).map(({ type }) => type.split('.')[1]);
    expect(names.filter((name) => name === 'cancelled')).toHaveLength(1);
    expect(names.filter((name) => name === 'erased')).toHaveLength(2);
  });

  it('under hold is refused, and what was parked stays parked', async () => {
    isHeld = true;
    const id = await world.begin(inDoubt(lost));
    await world.next(id, 'parked');
    await answered(id, { command: 'erase' }, { outcome: 'refused', code: 'on_hold' });
    expect(await rowOf(id)).toMatchObject({ state: 'parked', due_at: null });
    expect(vaultDid).toEqual([]);
  });
});

function correct(): AskedCommand {
  return { command: 'correct', pointer: '/individual/phone', correctionId: randomUUID() };
}

function resolve(said: { hasHappened: boolean; result?: object }): AskedCommand {
  return { command: 'resolve', step: 'register', ...said };
}

function once(call: () => Promise<object>, find: () => Promise<Found<object>>): TestHandler {
  return async (_, steps) => world.done(await steps.once('register', call, { find, timeLimitMs }));
}

/** Nobody knows what became of its one call, and what comes after needs its customer. */
function inDoubt(call: () => Promise<object>): TestHandler {
  const find = async (): Promise<Found<object>> => ({ state: 'unknown' });
  const needs = ['customerId'];
  return async (_, steps) => world.done(await steps.once('register', call, { find, needs, timeLimitMs }));
}

async function absent(): Promise<Found<object>> {
  return { state: 'absent' };
}

async function lost(): Promise<never> {
  throw new StepFailure('unknown-outcome', 'timed_out');
}

async function rowOf(id: string): Promise<Record<string, unknown>> {
  const { rows } = await world.pool.query<Record<string, unknown>>(
    `SELECT state, results, open_step, attempt, replay_of, parked, CASE WHEN leased_by IS NULL THEN due_at END AS due_at
     FROM stage_run WHERE onboarding_id = $1`,
    [id],
  );
  return rows[0] ?? {};
}

/** Gives a command and waits for its one answer. */
async function answered(id: string, asked: AskedCommand, answer: object): Promise<string> {
  const commandId = await world.command(id, asked);
  await waitUntil(`an answer to ${asked.command}`, () => world.answersTo(commandId).length > 0);
  expect(world.answersTo(commandId)).toMatchObject([{ command: asked.command, ...answer }]);
  return commandId;
}
