import { expect, it } from '@jest/globals';
import { OtherClock } from './other-clock.js';

it('a moment is known as well as the round trip was short', () => {
  const clock = new OtherClock();
  clock.note(1_000_500, { askedAtMs: 100, answeredAtMs: 140 });
  expect(clock.momentOf(1_000_600)).toEqual({ earliestMs: 200, latestMs: 240 });
});

it('a slow answer makes it no worse, and several make it better than the best of them', () => {
  const clock = new OtherClock();
  // It is 1,000,000 ahead.
  clock.note(1_000_101, { askedAtMs: 100, answeredAtMs: 104 });
  clock.note(1_000_203, { askedAtMs: 200, answeredAtMs: 204 });
  clock.note(1_000_380, { askedAtMs: 300, answeredAtMs: 400 });
  const { earliestMs, latestMs } = clock.momentOf(1_001_000);
  expect(earliestMs).toBeCloseTo(999, 0);
  expect(latestMs).toBeCloseTo(1_001, 0);
});

it('what was known once grows old: clocks drift', () => {
  const clock = new OtherClock();
  clock.note(1_000_000, { askedAtMs: 0, answeredAtMs: 2 });
  clock.note(1_100_050, { askedAtMs: 100_000, answeredAtMs: 100_100 });
  const { earliestMs, latestMs } = clock.momentOf(1_100_050);
  expect(latestMs - earliestMs).toBeGreaterThan(2);
  expect(latestMs - earliestMs).toBeLessThan(100);
});

it('a clock that was set is believed', () => {
  const clock = new OtherClock();
  clock.note(1_000_000, { askedAtMs: 0, answeredAtMs: 2 });
  clock.note(5_000_000, { askedAtMs: 10, answeredAtMs: 20 });
  expect(clock.momentOf(5_000_000)).toEqual({ earliestMs: 10, latestMs: 20 });
});
