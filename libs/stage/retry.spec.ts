import { describe, expect, it } from '@jest/globals';
import type { Failure } from './failure.js';
import { decideRetry, defaultRetryPolicy, type RetryPolicy } from './retry.js';

const policy: RetryPolicy = {
  attemptsMax: 3,
  totalMsMax: 10_000,
  firstDelayMs: 100,
  delayMsMax: 1_000,
  misconfiguredAttemptsMax: 2,
};
const notDone: Failure = { kind: 'not-done', code: 'unavailable' };
const misconfigured: Failure = { kind: 'misconfigured', code: 'forbidden' };
const first = { tries: 1, sinceMs: 0, random: 0.5 };

describe('the next attempt', () => {
  it('comes after a random part of a pause that doubles', () => {
    expect(decideRetry(notDone, first, policy)).toEqual({ retryInMs: 50 });
    expect(decideRetry(notDone, { ...first, tries: 2 }, policy)).toEqual({ retryInMs: 100 });
    expect(decideRetry(notDone, { ...first, random: 0 }, policy)).toEqual({ retryInMs: 0 });
  });

  it('never waits longer than the longest pause', () => {
    const patient = { ...policy, attemptsMax: 100 };
    expect(decideRetry(notDone, { ...first, tries: 60, random: 0.999 }, patient)).toEqual({ retryInMs: 999 });
  });

  it('never comes earlier than Retry-After asks, and a second later at the most', () => {
    const asked = { ...notDone, retryAfterMs: 30_000 };
    const patient = { ...policy, delayMsMax: 20_000, attemptsMax: 20 };
    expect(decideRetry(asked, { ...first, random: 0 }, patient)).toEqual({ retryInMs: 30_000 });
    expect(decideRetry(asked, { ...first, random: 0.5 }, patient)).toEqual({ retryInMs: 30_050 });
    expect(decideRetry(asked, { ...first, tries: 9, random: 0.5 }, patient)).toEqual({ retryInMs: 30_500 });
  });

  it('comes later than Retry-After asks where the pause of our own is longer by now', () => {
    const asked = { ...notDone, retryAfterMs: 1_000 };
    const patient = { ...policy, delayMsMax: 20_000, attemptsMax: 20 };
    expect(decideRetry(asked, { ...first, tries: 9, random: 0.5 }, patient)).toEqual({ retryInMs: 10_000 });
  });

  it('is left to a human when the attempts are used up', () => {
    expect(decideRetry(notDone, { ...first, tries: 2 }, policy)).toHaveProperty('retryInMs');
    expect(decideRetry(notDone, { ...first, tries: 3 }, policy)).toEqual({ parkWith: 'attempts_exhausted' });
  });

  it('is left to a human when the time is used up, however few the attempts', () => {
    const late = { ...first, sinceMs: 10_000 };
    expect(decideRetry(notDone, late, policy)).toEqual({ parkWith: 'attempts_exhausted' });
  });

  it('is left to a human sooner, and under another name, when the set-up is wrong', () => {
    expect(decideRetry(misconfigured, first, policy)).toHaveProperty('retryInMs');
    expect(decideRetry(misconfigured, { ...first, tries: 2 }, policy)).toEqual({ parkWith: 'misconfigured' });
  });

  it('is tried by default for minutes, not for days', () => {
    const { attemptsMax, delayMsMax, totalMsMax } = defaultRetryPolicy;
    expect(attemptsMax * delayMsMax).toBeLessThanOrEqual(totalMsMax);
  });
});
