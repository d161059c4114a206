import { expect, test } from '@jest/globals';
import type { Action } from './action.js';
import { done, failed, inVain, type Outcome } from './outcome.js';
import { failuresOf, talliesOf, type Happened } from './report.js';

const kill: Action = { kind: 'kill', part: 'consent-2' };
const cut: Action = { kind: 'link', how: 'cut', from: 'consent', to: 'kafka', forMs: 900 };
const slow: Action = { ...cut, how: 'slow' };

test('what was in vain was scheduled and not applied', () => {
  const happened = [
    was(kill, done('back after 1.0 s')),
    was(kill, inVain('it was down already')),
    was(slow, inVain('nothing wanted to pass')),
    was(cut, done('struck 3 times, open again')),
  ];
  expect(talliesOf(happened)).toEqual({
    kill: { scheduled: 2, applied: 1 },
    'link cut': { scheduled: 1, applied: 1 },
    'link slow': { scheduled: 1, applied: 0 },
  });
  expect(failuresOf(happened)).toEqual([]);
});

test('what the tool could not do is a finding of the tool', () => {
  const happened = [
    was(kill, failed('not back after 120.0 s')),
    was(cut, done('struck 3 times, open again')),
  ];
  expect(failuresOf(happened)).toEqual([
    {
      rule: 'tool',
      sentence: 'At 1.5 s the tool failed at kill part=consent-2: not back after 120.0 s',
    },
  ]);
});

function was(action: Action, outcome: Outcome): Happened {
  return { atMs: 1_500, action: { ...action, atMs: 1_000 }, outcome, tookMs: 1 };
}
