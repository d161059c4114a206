import { expect, test } from '@jest/globals';
import { groupCommitOf } from './statement-names.js';

const onboardingId = '00000000-0000-4000-8000-000000000001';
const intent = { name: 'register', state: 'intent' };

test.each([
  ['the intent of a call', { open_step: intent, lease_ms: 12_000 }, 'the intent of register', 12_000],
  ['the wait for a lost answer', { open_step: intent, lease_ms: null }, 'the wait for register', 0],
  ['a parking', { state: 'parked', open_step: intent, lease_ms: null }, 'that it is parked', 0],
  ['an end', { state: 'passed', lease_ms: null }, 'the end of the stage, with its event', 0],
])(
  '%s is told from others, with how long the process then has the onboarding',
  (_, change, what, leaseMs) => {
    const row = { onboarding_id: onboardingId, state: 'active', results: {}, open_step: null, ...change };
    expect(groupCommitOf([JSON.stringify([row]), '[]', '[]'], onboardingId)).toEqual({
      edge: `Postgres: write ${what}`,
      leaseMs,
    });
  },
);
