import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { quickSettings } from '../../test/stage-world.js';
import { StepFailure, type FailureKind } from './failure.js';
import type { OpenStep } from './open-step.js';
import { Suspension, type Interruption } from './outcome.js';
import type { Call, OnceOptions } from './steps.js';
import { startedAt } from './testing/in-memory.js';
import { absent, endOf, never, StepsBench } from './testing/steps-bench.js';

const { attemptsMax, totalMsMax } = quickSettings.retry;
const onboardingId = randomUUID();

/** A call whose answer was lost. */
const lost: OpenStep = {
  name: 'register',
  state: 'intent',
  tries: 1,
  sinceAt: startedAt.toISOString(),
  intentId: randomUUID(),
};

let bench: StepsBench;
let openStep: OpenStep | null;

beforeEach(() => {
  bench = new StepsBench();
  openStep = lost;
});

describe('what became of a lost call', () => {
  it.each(['not-done', 'misconfigured'] as const)(
    'is looked up as often and as long as there is time, before it is in doubt, also where the answer is %s',
    async (kind) => {
      // Nobody was there to look: that is no look that failed.
      bench.nowMs += 2 * totalMsMax;
      await lookInVain(kind);
      bench.nowMs += totalMsMax - 1;
      expect(await look(kind)).toBeInstanceOf(Suspension);
      bench.nowMs += 1;
      expect(await look(kind)).toMatchObject({ reason: { code: 'in_doubt', isInDoubt: true, attempts: 1 } });
    },
  );

  it('is not in doubt after one look, however long ago that was', async () => {
    expect(await look('not-done')).toBeInstanceOf(Suspension);
    bench.nowMs += totalMsMax;
    expect(await look('not-done')).toBeInstanceOf(Suspension);
  });

  it('is looked up anew after an answer that told nothing', async () => {
    await lookInVain('not-done');
    await take(never, async () => ({ state: 'unknown' }));
    bench.nowMs += totalMsMax;
    expect(await look('not-done')).toBeInstanceOf(Suspension);
  });

  it('is called again as if no look had failed, once one says that it has not happened', async () => {
    await lookInVain('not-done');
    expect(await take(failing('not-done'), absent)).toBeInstanceOf(Suspension);
    expect(openStep).toMatchObject({ state: 'retry', tries: 2 });
  });
});

async function lookInVain(kind: FailureKind): Promise<void> {
  for (let times = 0; times < 2 * attemptsMax; times += 1)
    expect(await look(kind)).toBeInstanceOf(Suspension);
}

function look(kind: FailureKind): Promise<Interruption> {
  return take(never, failing(kind));
}

/** The handler is run again, as the step was left. */
async function take(
  call: (call: Call) => Promise<object>,
  find: OnceOptions<object>['find'],
): Promise<Interruption> {
  const { steps, run } = bench.begin({ onboardingId, openStep });
  const ended = await endOf(steps.once('register', call, { find }));
  ({ openStep } = run);
  return ended;
}

function failing(kind: FailureKind): () => Promise<never> {
  return () => Promise.reject(new StepFailure(kind, 'a_code'));
}
