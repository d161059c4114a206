import { expect, test } from '@jest/globals';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import type { OnboardingState } from '#contracts/operational-topics.js';
import { Progress } from './progress.js';

const since = '2030-01-01T00:00:03.500Z';
const sentAtMs = Date.parse('2030-01-01T00:00:01Z');

test('each stage tells how many it has done, and how many are with it', () => {
  const progress = given('individual', 'organization', 'individual');
  progress.tell(0, { state: 'activated', stage: 'activation', since });
  progress.tell(1, { state: 'in_progress', stage: 'personnel', since });
  progress.tell(2, { state: 'waiting', stage: 'verification', since });
  expect(progress.rows()).toEqual([
    '  registration    3 done    0 here',
    '  personnel       0 done    1 here',
    '  verification    1 done    1 here, 1 of them waiting',
    '  consent         1 done    0 here',
    '  activation      1 done    0 here',
    '  ended           1 of 3: 1 activated',
  ]);
});

const doneStates = ['activated', 'rejected', 'cancelled', 'erased', 'parked'] as const;

test.each(doneStates)('all is done when each request is refused or %s', (state) => {
  const progress = given('individual', 'individual');
  progress.submitted('r0', { verdict: 'refused', isInvalid: false, reason: 'request_conflict' }, sentAtMs);
  expect(progress.isDone).toBe(false);
  progress.tell(1, { state, stage: 'registration', since });
  expect(progress.isDone).toBe(true);
});

test.each(['in_progress', 'waiting', 'paused'] as const)('nothing is done while a request is %s', (state) => {
  const progress = given('individual');
  progress.tell(0, { state, stage: 'registration', since });
  expect(progress.isDone).toBe(false);
});

test('the time taken is from the submission to the end, and unknown for what an earlier run has done', () => {
  const progress = new Progress([lineOf(0), lineOf(1)], 'tenant');
  progress.submitted('r0', { verdict: 'admitted', onboardingId: idOf(0), isNew: true }, sentAtMs);
  progress.submitted('r1', { verdict: 'admitted', onboardingId: idOf(1), isNew: false }, sentAtMs);
  for (const index of [0, 1])
    progress.take(idOf(index), { state: 'activated', stage: 'activation', customerId: 'c', since });
  expect(progress.outcomes().map(({ takenMs }) => takenMs)).toEqual([2500, undefined]);
});

test('a request that breaks our rules is rejected at once, with the first of them as the reason', () => {
  const progress = given('individual');
  progress.submitted('r0', { verdict: 'refused', isInvalid: true, reason: 'date_in_future at /x' }, sentAtMs);
  expect(progress.outcomes()[0]).toMatchObject({
    end: 'rejected',
    code: 'request_invalid',
    reason: 'date_in_future at /x',
  });
});

test('a state that is read before the gateway has answered is not lost', () => {
  const progress = new Progress([lineOf(0)], 'tenant');
  progress.take(idOf(0), { state: 'activated', stage: 'activation', since });
  progress.submitted('r0', { verdict: 'admitted', onboardingId: idOf(0), isNew: true }, sentAtMs);
  expect(progress.isDone).toBe(true);
});

/** Requests r0, r1, ... of tenant `tenant`, all admitted as new. */
function given(...kinds: string[]) {
  const lines = kinds.map((kind, index) => lineOf(index, kind));
  const progress = new Progress(lines, 'tenant');
  lines.forEach(({ requestId }, index) => {
    progress.submitted(requestId, { verdict: 'admitted', onboardingId: idOf(index), isNew: true }, sentAtMs);
  });
  const tell = (index: number, state: OnboardingState): void => {
    progress.take(idOf(index), state);
  };
  return Object.assign(progress, { tell });
}

function lineOf(index: number, kind = 'individual') {
  return { requestId: `r${index}`, request: { kind } };
}

function idOf(index: number): string {
  return onboardingIdOf('tenant', `r${index}`);
}
