import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { waitUntil } from '../../test/wait-until.js';
import { StepFailure } from './failure.js';
import { NotYet, type Call, type Found, type OnceOptions } from './steps.js';
import { quickSettings, StageWorld, type TestHandler } from '../../test/stage-world.js';

jest.setTimeout(60_000);

const timeLimitMs = 200;

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  world = await StageWorld.open({ database, kafka, tables: 'registration' });
  await world.startProcess();
});
afterAll(async () => {
  await world.close();
  await kafka.close();
  await database.close();
});

describe('an event', () => {
  it('is handled once, and its fact published with sequence 1', async () => {
    const call = jest.fn(async () => ({ customerId: 'customer-1' }));
    const event = world.newOnboarding(once(call));
    await world.publish(event);
    const done = await world.next(event.onboardingId, 'done');
    expect(done).toMatchObject({
      sequence: 1,
      attempt: 1,
      causationId: event.id,
      requestId: event.requestId,
    });
    expect(done.data).toMatchObject({ customerId: 'customer-1', steps: [{ name: 'register', tries: 1 }] });
    expect(call).toHaveBeenCalledTimes(1);
    expect(await world.stateOf(event.onboardingId)).toBe('passed');
  });

  it('that comes a second time changes nothing', async () => {
    const call = jest.fn(async () => ({}));
    const event = world.newOnboarding(once(call));
    await world.publish(event, event);
    await world.next(event.onboardingId, 'done');
    await world.publish({ ...event, id: randomUUID() });
    await passOneMore();
    expect(call).toHaveBeenCalledTimes(1);
    expect(world.eventsOf(event.onboardingId)).toHaveLength(1);
  });
});

describe('a lost answer', () => {
  it('is looked for only when nobody can still be doing the call', async () => {
    const at = { called: 0, looked: 0 };
    const call = async () => {
      at.called = performance.now();
      return lost();
    };
    const find = async (): Promise<Found<object>> => {
      at.looked = performance.now();
      return { state: 'present', result: { customerId: 'found' } };
    };
    const id = await world.begin(once(call, find));
    expect((await world.next(id, 'done')).data).toMatchObject({ customerId: 'found' });
    // A hair less: the intent is committed a moment before the call.
    expect(at.looked - at.called).toBeGreaterThan(timeLimitMs + quickSettings.settleMs - 50);
    expect((await world.next(id, 'attempt')).data).toMatchObject({ kind: 'failed', code: 'timed_out' });
  });

  it('of a call that hangs is lost at its time limit', async () => {
    const hangs = jest.fn((_: Call) => new Promise<object>(() => undefined));
    const id = await world.begin(once(hangs, present));
    expect((await world.next(id, 'done')).data).toMatchObject({ customerId: 'found' });
    expect(hangs).toHaveBeenCalledTimes(1);
    expect(hangs.mock.calls[0]?.[0].signal.aborted).toBe(true);
  });

  it('of a call that did not happen leads to another call', async () => {
    const call = jest
      .fn(async (): Promise<object> => ({ customerId: 'second' }))
      .mockImplementationOnce(lost);
    const id = await world.begin(once(call, async () => ({ state: 'absent' })));
    expect((await world.next(id, 'done')).data).toMatchObject({ customerId: 'second' });
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('that comes at last ends the doubt, also when the call was repeated and refused meanwhile', async () => {
    let answer: (result: object) => void = () => undefined;
    const call = jest
      .fn(async (): Promise<object> => {
        throw new StepFailure('rejected', 'customer_exists');
      })
      .mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const id = await world.begin(once(call, async () => ({ state: 'repeat' })));
    expect((await world.next(id, 'parked')).data).toMatchObject({ code: 'in_doubt' });
    answer({ customerId: 'late' });
    expect((await world.next(id, 'done')).data).toMatchObject({ customerId: 'late' });
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('of which nobody knows is in doubt when no evidence comes, and goes on as `resolve` says', async () => {
    const call = jest.fn(lost);
    const id = await world.begin(once(call, async () => ({ state: 'unknown' })));
    const parked = await world.next(id, 'parked');
    expect(parked.data).toMatchObject({ code: 'in_doubt', step: 'register', isInDoubt: true });
    const waiting = await world.next(id, 'attempt', ({ data }) => data['kind'] === 'waiting');
    expect(Date.parse(parked.time) - Date.parse(waiting.time)).toBeGreaterThanOrEqual(
      quickSettings.evidenceMs,
    );
    const result = { customerId: 'told-by-a-human' };
    const commandId = await world.command(id, {
      command: 'resolve',
      step: 'register',
      hasHappened: true,
      result,
    });
    expect(await world.next(id, 'done')).toMatchObject({ data: result, attempt: 2, replayOf: commandId });
    expect(call).toHaveBeenCalledTimes(1);
  });
});

describe('a failure', () => {
  it('without effect is tried again, not before Retry-After says so, also where a command wakes it', async () => {
    const calledAt: number[] = [];
    const call = async () => {
      calledAt.push(performance.now());
      if (calledAt.length === 1)
        throw Object.assign(new StepFailure('not-done', 'rate_limited'), {
          retryAfterMs: 1_500,
          status: 429,
        });
      return {};
    };
    const id = await world.begin(once(call));
    await world.next(id, 'attempt');
    await answered(id, { command: 'approve' }, { outcome: 'applied' });
    await world.next(id, 'done');
    expect(calledAt[1]! - calledAt[0]!).toBeGreaterThanOrEqual(1_500);
    const { data } = await world.next(id, 'attempt');
    expect(data).toMatchObject({ kind: 'failed', attempt: 1, code: 'rate_limited', status: 429 });
  });

  it('that is a final no ends the onboarding', async () => {
    const call = jest.fn(async () => {
      throw new StepFailure('rejected', 'customer_exists');
    });
    const id = await world.begin(once(call));
    const { data } = await world.next(id, 'rejected');
    expect(data).toMatchObject({ code: 'customer_exists', by: 'finhub', step: 'register' });
    expect(await world.stateOf(id)).toBe('ended');
    expect(call).toHaveBeenCalledTimes(1);
  });
});

describe('a command', () => {
  it('pause stops the work until resume, and both are answered', async () => {
    let isReady = false;
    const look = jest.fn(async () => (isReady ? {} : new NotYet('waiting_for_verification')));
    const id = await world.begin(poll(look));
    await world.next(id, 'attempt', ({ data }) => data['kind'] === 'waiting');
    await answered(id, { command: 'pause' }, { outcome: 'applied' });
    expect(await world.stateOf(id)).toBe('paused');
    const looksBefore = look.mock.calls.length;
    isReady = true;
    await passOneMore();
    expect(look).toHaveBeenCalledTimes(looksBefore);
    await answered(id, { command: 'resume' }, { outcome: 'applied' });
    await world.next(id, 'done');
  });

  it('replay takes a parked onboarding up again with attempts anew, and is refused for others', async () => {
    let isAway = true;
    const call = async () => {
      if (isAway) throw new StepFailure('not-done', 'unavailable');
      return {};
    };
    const id = await world.begin(once(call));
    const { data } = await world.next(id, 'parked');
    expect(data).toMatchObject({ code: 'attempts_exhausted', attempts: 3, isInDoubt: false });
    isAway = false;
    const commandId = await answered(id, { command: 'replay' }, { outcome: 'applied' });
    expect(await world.next(id, 'done')).toMatchObject({ attempt: 2, replayOf: commandId });
    const waiting = await world.begin(poll(async () => new NotYet('waiting_for_verification')));
    await answered(waiting, { command: 'replay' }, { outcome: 'refused', code: 'not_parked' });
  });

  it('cancel ends the onboarding and says what remains on the other side', async () => {
    const id = await world.begin(async (_, steps) => {
      await steps.once('register', async () => ({ customerId: 'customer-9' }), {
        find: present,
        timeLimitMs,
      });
      await steps.poll('decision', async () => new NotYet('waiting_for_verification'), pollOptions);
      return world.done({});
    });
    await world.next(id, 'attempt');
    await answered(id, { command: 'cancel' }, { outcome: 'applied' });
    const { data } = await world.next(id, 'cancelled');
    const remains = [{ step: 'register', isKnown: true, result: { customerId: 'customer-9' } }];
    expect(data).toMatchObject({ by: 'ops@example', remains });
    expect(world.eventsOf(id).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    await answered(id, { command: 'pause' }, { outcome: 'refused', code: 'already_ended' });
  });

  it('that comes before its onboarding is remembered', async () => {
    const call = jest.fn(async () => ({}));
    const event = world.newOnboarding(once(call));
    await world.command(event.onboardingId, { command: 'cancel' });
    await waitUntil('the command to be stored', () => isStored(event.onboardingId));
    await world.publish(event);
    await world.next(event.onboardingId, 'cancelled');
    expect(call).not.toHaveBeenCalled();
  });
});

describe('a row that Postgres refuses', () => {
  it('parks that onboarding and no other', async () => {
    const good = Array.from({ length: 10 }, () => world.newOnboarding(once(async () => ({}))));
    const bad = world.newOnboarding(once(async () => ({ text: 'a NUL: \u0000' })));
    await world.publish(...good.slice(5), bad, ...good.slice(0, 5));
    expect((await world.next(bad.onboardingId, 'parked')).data).toMatchObject({ code: 'unstorable' });
    for (const { onboardingId } of good) await world.next(onboardingId, 'done');
  });

  it('does not make a call happen twice: what it did stays in doubt', async () => {
    const call = jest.fn(async () => ({ text: 'a NUL: \u0000' }));
    const id = await world.begin(once(call, async () => ({ state: 'present', result: { text: 'mended' } })));
    const { data } = await world.next(id, 'parked');
    expect(data).toMatchObject({ code: 'unstorable', step: 'register', isInDoubt: true });
    await answered(id, { command: 'replay' }, { outcome: 'applied' });
    expect((await world.next(id, 'done')).data).toMatchObject({ text: 'mended' });
    expect(call).toHaveBeenCalledTimes(1);
  });
});

describe('a process that is told to end', () => {
  it('gives back what is under way: another one goes on with it long before the lease would have run out', async () => {
    const twins = await StageWorld.open({
      ...{ database, kafka, tables: 'verification' },
      settings: { leaseMs: 600_000 },
    });
    try {
      const ending = await twins.startProcess();
      const looks = jest.fn(async () => ({ customerId: 'looked up' })).mockImplementationOnce(never);
      const call = jest.fn(never);
      const find = jest.fn(present);
      const looking = await twins.begin(async (_, steps) =>
        twins.done(await steps.repeatable('look', looks)),
      );
      const calling = await twins.begin(async (_, steps) =>
        twins.done(await steps.once('register', call, { find, timeLimitMs })),
      );
      await waitUntil('both calls', () => looks.mock.calls.length === 1 && call.mock.calls.length === 1);
      await ending.stop();
      await twins.startProcess();
      expect((await twins.next(looking, 'done')).data).toMatchObject({ customerId: 'looked up' });
      expect((await twins.next(calling, 'done')).data).toMatchObject({ customerId: 'found' });
      expect(looks).toHaveBeenCalledTimes(2);
      expect(call).toHaveBeenCalledTimes(1);
      expect(find).toHaveBeenCalledTimes(1);
    } finally {
      await twins.close();
    }
  });
});

describe('a crash', () => {
  it('leaves events in the outbox that are published all the same', async () => {
    const event = world.newOnboarding(once(async () => ({})));
    const left = { ...event, id: randomUUID(), type: world.done.type };
    await world.pool.query(
      `INSERT INTO outbox (event_id, onboarding_id, topic, value, headers, claimed_until)
       VALUES ($1, $2, $3, $4, '{}', now() - interval '1 second')`,
      [left.id, left.onboardingId, world.topics.told, world.valueOf(left)],
    );
    expect(await world.next(left.onboardingId, 'done')).toMatchObject({ id: left.id });
    await waitUntil('the row to be gone', async () => {
      const { rowCount } = await world.pool.query('SELECT 1 FROM outbox WHERE event_id = $1', [left.id]);
      return rowCount === 0;
    });
  });

  it('passes the onboarding on when the lease runs out, and the call is not made twice', async () => {
    const twins = await StageWorld.open({ database, kafka, tables: 'personnel' });
    try {
      const killed = await twins.startProcess();
      let calls = 0;
      const call = () => {
        calls += 1;
        return new Promise<object>(() => undefined);
      };
      const find = jest.fn(present);
      const id = await twins.begin(async (_, steps) => {
        return twins.done(await steps.once('register', call, { find, timeLimitMs: 1_000 }));
      });
      await waitUntil('the call', () => calls === 1);
      await killed.kill();
      await twins.startProcess();
      expect((await twins.next(id, 'done')).data).toMatchObject({ customerId: 'found' });
      expect(calls).toBe(1);
      expect(find).toHaveBeenCalledTimes(1);
    } finally {
      await twins.close();
    }
  });
});

const pollOptions = {
  everyMs: 30,
  everyMaxMs: 60,
  deadlineMs: 30_000,
  overdue: 'verification_overdue' as const,
  timeLimitMs,
};

/** A handler of one call that must not happen twice. */
function once(
  call: (call: Call) => Promise<object>,
  find: OnceOptions<object>['find'] = present,
): TestHandler {
  return async (_, steps) => world.done(await steps.once('register', call, { find, timeLimitMs }));
}

function poll(look: () => Promise<object>): TestHandler {
  return async (_, steps) => world.done(await steps.poll('decision', look, pollOptions));
}

async function present(): Promise<Found<object>> {
  return { state: 'present', result: { customerId: 'found' } };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

async function lost(): Promise<never> {
  throw new StepFailure('unknown-outcome', 'timed_out');
}

/** One more onboarding through the one partition: all that came before has been read by then. */
async function passOneMore(): Promise<void> {
  await world.next(await world.begin(once(async () => ({}))), 'done');
}

async function answered(
  id: string,
  asked: Parameters<StageWorld['command']>[1],
  answer: Record<string, unknown>,
): Promise<string> {
  const commandId = await world.command(id, asked);
  const { data } = await world.next(id, 'answered', (event) => event.data['commandId'] === commandId);
  expect(data).toMatchObject({ command: asked.command, ...answer });
  return commandId;
}

async function isStored(onboardingId: string): Promise<boolean> {
  const { rowCount } = await world.pool.query('SELECT 1 FROM command WHERE onboarding_id = $1', [
    onboardingId,
  ]);
  return rowCount === 1;
}
