import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { waitUntil } from '../../test/wait-until.js';
import { quickSettings } from '../../test/stage-world.js';
import { StepFailure } from './failure.js';
import { CommandsArrived, InputChanged, Parking, Suspension } from './outcome.js';
import type { OpenStep } from './open-step.js';
import { NotYet, resultBytesMax, type Call, type Found } from './steps.js';
import { startedAt } from './testing/in-memory.js';
import { absent, endOf, never, StepsBench } from './testing/steps-bench.js';

const timeLimitMs = 1_000;

let bench: StepsBench;

beforeEach(() => {
  bench = new StepsBench();
});

describe('a step that must not happen twice', () => {
  it('has its intent durable before the call, and its result with the next write', async () => {
    const { steps, run } = bench.begin();
    const call = async () => {
      expect(bench.writes).toHaveLength(1);
      return { customerId: 'customer-1' };
    };
    await steps.once('register', call, { find: absent });
    expect(bench.writes[0]?.openStep).toMatchObject({ name: 'register', state: 'intent', tries: 1 });
    await steps.once('activate', async () => ({}), { find: absent });
    expect(bench.writes[1]?.results).toMatchObject({ register: { result: { customerId: 'customer-1' } } });
    expect(run.unwrittenOnce?.step).toBe('activate');
  });

  it('has its time counted from its intent on, as whoever takes over counts it', async () => {
    bench.onWrite = () => (bench.nowMs += 400);
    const { steps } = bench.begin();
    const call = async ({ timeLimitMs: leftMs }: Call) => ({ leftMs });
    expect(await steps.once('register', call, { find: absent, timeLimitMs })).toEqual({
      leftMs: timeLimitMs - 400,
    });
  });

  it('has its result durable before a step that may happen again begins', async () => {
    const { steps } = bench.begin();
    await steps.once('register', async () => ({}), { find: absent });
    await steps.repeatable('read', async () => expect(bench.writes[1]?.results).toHaveProperty('register'));
    expect(bench.writes).toHaveLength(2);
  });

  it('is not called when it is finished, however often the handler runs', async () => {
    const call = jest.fn(async () => ({}));
    const results = { register: { result: { customerId: 'customer-1' }, tries: 1, ms: 5 } };
    const { steps } = bench.begin({ results });
    expect(await steps.once('register', call, { find: absent })).toEqual({ customerId: 'customer-1' });
    expect(call).not.toHaveBeenCalled();
    expect(bench.writes).toEqual([]);
  });

  it('is not looked for before nobody can still be doing it', async () => {
    const find = jest.fn(absent);
    const { steps } = bench.begin({ openStep: intent, settlesInMs: 400 });
    const ended = await endOf(steps.once('register', never, { find }));
    expect(ended).toMatchObject({ dueMs: 400 });
    expect(find).not.toHaveBeenCalled();
  });

  it.each([
    ['rejected', 'customer_exists'],
    ['misconfigured', 'request_refused'],
  ] as const)(
    'that was refused as a repeat (%s) is no final no: the refusal is told, and evidence is waited for',
    async (kind, code) => {
      const refuse = async () => {
        throw new StepFailure(kind, code);
      };
      const { steps, run } = bench.begin({ openStep: intent });
      const ended = await endOf(steps.once('register', refuse, { find: async () => ({ state: 'repeat' }) }));
      expect(ended).toMatchObject({
        state: 'active',
        facts: [
          { data: { kind: 'failed', attempt: 2, code } },
          { data: { kind: 'waiting', attempt: 2, code: 'waiting_for_evidence' } },
        ],
      });
      expect(run.openStep).toMatchObject({ state: 'intent', isRepeat: true });
      expect(run.openStep).toHaveProperty('unknownSinceAt');
    },
  );

  it('is in doubt at last with the answer that told nothing', async () => {
    const unclear = Object.assign(new StepFailure('unknown-outcome', 'server_error'), {
      status: 500,
      excerpt: 'oops',
    });
    const { steps, run } = bench.begin();
    await endOf(steps.once('register', () => Promise.reject(unclear), { find: absent }));
    bench.nowMs += 60_000;
    const unknownSinceAt = startedAt.toISOString();
    const later = bench.begin({ openStep: { ...(run.openStep ?? intent), unknownSinceAt } });
    bench.nowMs += quickSettings.evidenceMs;
    const ended = await endOf(
      later.steps.once('register', never, { find: async () => ({ state: 'unknown' }) }),
    );
    expect(ended).toMatchObject({
      reason: { code: 'in_doubt', lastAnswer: { status: 500, excerpt: 'oops' } },
    });
  });

  it('stays in doubt when its name is gone from the handler', async () => {
    const { steps } = bench.begin({ openStep: intent });
    const ended = await endOf(steps.once('renamed', never, { find: absent }));
    expect(ended).toMatchObject({ reason: { code: 'step_renamed', step: 'register', isInDoubt: true } });
  });

  it('does not begin when a command has come with its intent, and no attempt is counted', async () => {
    bench.hasCommands = true;
    const { steps, run } = bench.begin();
    expect(await endOf(steps.once('register', never, { find: absent }))).toBeInstanceOf(CommandsArrived);
    expect(run.openStep).toMatchObject({ state: 'retry', tries: 0 });
  });

  it('nor does a step after it that may happen again, when a command has come with its result', async () => {
    const { steps } = bench.begin();
    await steps.once('register', async () => ({}), { find: absent });
    bench.hasCommands = true;
    expect(await endOf(steps.repeatable('approve', never))).toBeInstanceOf(CommandsArrived);
  });

  it('is not sent when the lease would not outlive it', async () => {
    const call = async ({ beforeSend }: Call) => {
      bench.nowMs += timeLimitMs;
      beforeSend();
      return {};
    };
    const { steps, run } = bench.begin();
    expect(await endOf(steps.once('register', call, { find: absent, timeLimitMs }))).toBeInstanceOf(
      Suspension,
    );
    expect(run.openStep).toMatchObject({ state: 'retry', tries: 1 });
  });

  it('has its answer recorded also when it comes after the time limit', async () => {
    let answer: (result: object) => void = () => undefined;
    const call = () => new Promise<object>((resolve) => (answer = resolve));
    const { steps } = bench.begin();
    await endOf(steps.once('register', call, { find: absent, timeLimitMs: 10 }));
    answer({ customerId: 'late' });
    const [recorded] = await waitUntil('the late result', () => bench.late.length > 0 && bench.late);
    expect(recorded).toMatchObject({ step: 'register', result: { result: { customerId: 'late' } } });
    expect(recorded?.intentId).toBe(bench.writes[0]?.openStep?.intentId);
  });
});

describe('every step', () => {
  it('has a name of its own in a handler', async () => {
    const { steps } = bench.begin();
    await steps.repeatable('read', async () => 1);
    await expect(steps.repeatable('read', async () => 2)).rejects.toThrow('two steps of one handler');
  });

  it('refuses another input once it is finished', async () => {
    const results = { read: { result: 1, tries: 1, ms: 5, input: JSON.stringify('before') } };
    const { steps } = bench.begin({ results });
    const ended = await endOf(steps.repeatable('read', never, { input: 'after' }));
    expect(ended).toBeInstanceOf(InputChanged);
  });

  it('whose result a human told has no input yet, and is held against the first one seen', async () => {
    const { steps, run } = bench.begin({ results: { read: { result: 1, tries: 1, ms: 0 } } });
    expect(await steps.repeatable('read', never, { input: 'first' })).toBe(1);
    const again = bench.stepsOf(run).repeatable('read', never, { input: 'other' });
    expect(await endOf(again)).toBeInstanceOf(InputChanged);
    expect(run.unwrittenResults).toMatchObject({ read: { result: 1, input: JSON.stringify('first') } });
  });

  it('records a small result only', async () => {
    const { steps } = bench.begin();
    const large = steps.repeatable('read', async () => 'x'.repeat(resultBytesMax));
    await expect(large).rejects.toThrow(`more than the ${resultBytesMax}`);
  });

  it('is not begun, and no intent written, while its turn at FinHub is seconds away', async () => {
    bench.waitMs = 5_000;
    const { steps } = bench.begin();
    const held = (await endOf(steps.once('register', never, { find: absent }))) as Suspension;
    expect(held.dueMs).toBeGreaterThanOrEqual(bench.waitMs);
    expect(bench.writes).toEqual([]);
  });

  it('counts no attempt when its turn did not come within its time limit', async () => {
    const { steps, run } = bench.begin();
    const wait = async () => {
      throw new StepFailure('not-done', 'quota_used_up');
    };
    await endOf(steps.repeatable('read', wait));
    expect(run.openStep).toMatchObject({ tries: 1, spared: 1 });
  });

  it('waits, without an attempt, while its circuit is open', async () => {
    bench.openCircuit('read', { kind: 'misconfigured', code: 'forbidden' });
    const { steps, run } = bench.begin();
    expect(await endOf(steps.repeatable('read', never))).toBeInstanceOf(Suspension);
    expect(run.openStep).toBeNull();
  });

  it('that throws no failure before anything is sent is tried again', async () => {
    const { steps, run } = bench.begin();
    const broken = () => {
      throw new TypeError('a mistake of our own');
    };
    expect(await endOf(steps.repeatable('read', broken))).toBeInstanceOf(Suspension);
    expect(run.openStep).toMatchObject({ name: 'read', state: 'retry', tries: 1 });
  });
});

describe('a poll', () => {
  const options = {
    everyMs: 100,
    everyMaxMs: 1_000,
    deadlineMs: 5_000,
    overdue: 'verification_overdue' as const,
  };
  const notYet = async () => new NotYet('waiting_for_verification');

  it('looks again after pauses that grow, and tells of the wait once', async () => {
    const first = bench.begin();
    const began = (await endOf(first.steps.poll('decision', notYet, options))) as Suspension;
    expect(began).toMatchObject({
      state: 'waiting',
      dueMs: 100,
      facts: [{ data: { code: 'waiting_for_verification' } }],
    });
    const second = bench.begin({ openStep: first.run.openStep });
    const again = await endOf(second.steps.poll('decision', notYet, options));
    expect(again).toMatchObject({ state: 'waiting', dueMs: 200, facts: [] });
  });

  it('that has looked for days survives a look that fails', async () => {
    const openStep = { ...intent, name: 'decision', state: 'polling', tries: 500 } as const;
    const { steps, run } = bench.begin({ openStep });
    bench.nowMs += 3 * 24 * 3_600_000;
    const fail = async () => {
      throw new StepFailure('not-done', 'connection_lost');
    };
    expect(await endOf(steps.poll('decision', fail, options))).toBeInstanceOf(Suspension);
    expect(run.openStep).toMatchObject({ state: 'polling', tries: 500, faults: 1 });
  });

  it('leaves it to a human at the deadline, with what was missing last', async () => {
    const { steps, run } = bench.begin();
    await endOf(steps.poll('decision', notYet, options));
    const later = bench.begin({ openStep: run.openStep });
    bench.nowMs += options.deadlineMs;
    const look = async () => new NotYet('waiting_for_verification', ['PASSPORT', 'SELFIE']);
    const ended = await endOf(later.steps.poll('decision', look, options));
    expect(ended).toBeInstanceOf(Parking);
    const lastAnswer = { excerpt: 'missing: PASSPORT, SELFIE' };
    expect(ended).toMatchObject({ reason: { code: 'verification_overdue', isInDoubt: false, lastAnswer } });
  });
});

describe('while FinHub fails for everybody', () => {
  const fail = async () => {
    throw new StepFailure('not-done', 'server_error');
  };

  it('no try counts, and none is parked, however often and long', async () => {
    bench.openCircuit('read', { kind: 'not-done', code: 'server_error' });
    let openStep: OpenStep | null = null;
    for (let probes = 0; probes < 20; probes += 1) {
      bench.nowMs += 60_000;
      const { steps, run } = bench.begin({ openStep });
      expect(await endOf(steps.repeatable('read', fail))).toBeInstanceOf(Suspension);
      ({ openStep } = run);
    }
    expect(openStep).toMatchObject({ tries: 20, spared: 20 });
  });

  it('parks no poll that had looked for days without a failure', async () => {
    bench.openCircuit('decision', { kind: 'not-done', code: 'server_error' });
    const openStep = { ...intent, name: 'decision', state: 'polling', tries: 500 } as const;
    bench.nowMs += 3 * 24 * 3_600_000;
    const { steps } = bench.begin({ openStep });
    const options = {
      everyMs: 100,
      everyMaxMs: 1_000,
      deadlineMs: 5_000,
      overdue: 'verification_overdue' as const,
    };
    expect(await endOf(steps.poll('decision', fail, options))).toBeInstanceOf(Suspension);
  });

  it('leaves all its retries to a step whose circuit has closed again', async () => {
    bench.openCircuit('read', { kind: 'not-done', code: 'server_error' });
    bench.nowMs += 60_000;
    const probing = bench.begin();
    await endOf(
      probing.steps.repeatable('read', async () => {
        bench.nowMs += 2 * quickSettings.retry.totalMsMax;
        return fail();
      }),
    );
    bench.closeCircuits();
    const { steps } = bench.begin({ openStep: probing.run.openStep });
    expect(await endOf(steps.repeatable('read', fail))).toBeInstanceOf(Suspension);
  });

  it('neither the time for retries nor a poll’s deadline runs on', async () => {
    bench.openCircuit('decision', { kind: 'not-done', code: 'server_error' });
    const deadlineAt = new Date(startedAt.getTime() + 5_000).toISOString();
    const polling = { ...intent, name: 'decision', state: 'polling', deadlineAt } as const;
    const { steps, run } = bench.begin({ openStep: polling });
    const options = {
      everyMs: 100,
      everyMaxMs: 1_000,
      deadlineMs: 5_000,
      overdue: 'verification_overdue' as const,
    };
    const held = (await endOf(steps.poll('decision', never, options))) as Suspension;
    expect(held.dueMs).toBeGreaterThan(0);
    expect(Date.parse(run.openStep?.deadlineAt ?? '')).toBe(startedAt.getTime() + 5_000 + held.dueMs);
    expect(Date.parse(run.openStep?.sinceAt ?? '')).toBe(startedAt.getTime() + held.dueMs);
  });
});

describe('a step of an onboarding from a restored backup', () => {
  const lookFirstSince = new Date('2029-12-31T23:00:00Z');

  it('without a record is looked up before it is called, at once, as if its answer were lost', async () => {
    const find = jest.fn(async (_: Call, _intent: { at: Date }): Promise<Found<object>> => ({
      state: 'present',
      result: { customerId: 'found' },
    }));
    const { steps } = bench.begin({ lookFirstSince });
    expect(await steps.once('register', never, { find })).toEqual({ customerId: 'found' });
    expect(find.mock.calls[0]?.[1]).toEqual({ at: lookFirstSince });
    expect(await steps.once('activate', never, { find })).toEqual({ customerId: 'found' });
  });

  it('that is not there is called, with an intent, and looked up only once', async () => {
    const find = jest.fn(absent);
    const { steps, run } = bench.begin({ lookFirstSince });
    await endOf(
      steps.once(
        'register',
        async () => {
          throw new StepFailure('not-done', 'rate_limited');
        },
        { find },
      ),
    );
    expect(bench.writes.at(-1)?.openStep).toMatchObject({ name: 'register', state: 'intent', tries: 1 });
    const again = bench.begin({ lookFirstSince, openStep: run.openStep });
    await again.steps.once('register', async () => ({}), { find });
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('of which nothing tells is waited for, and in doubt at last', async () => {
    const { steps, run } = bench.begin({ lookFirstSince });
    const ended = await endOf(steps.once('register', never, { find: async () => ({ state: 'unknown' }) }));
    expect(ended).toBeInstanceOf(Suspension);
    expect(run.openStep).toMatchObject({ state: 'intent', tries: 0 });
  });

  it('with a record is called no more, and not looked up', async () => {
    const results = { register: { result: {}, tries: 1, ms: 5 } };
    const { steps } = bench.begin({ lookFirstSince, results });
    expect(await steps.once('register', never, { find: never })).toEqual({});
  });
});

const intent: OpenStep = {
  name: 'register',
  state: 'intent',
  tries: 1,
  sinceAt: startedAt.toISOString(),
  intentId: randomUUID(),
};
