import { expect, test } from '@jest/globals';
import { serviceParts } from '../pipeline/service-parts.js';
import { kindOf, type Scheduled } from './action.js';
import { readArguments } from './arguments.js';
import { applicantOf, canaries, secondRequestFor } from './applicants.js';
import { chaosTimes } from './finhub-faults.js';
import { scheduleOf } from './schedule.js';

const surroundings = { parts: serviceParts(2) };
const hourMs = 3_600_000;
const hour = scheduleOf(7, hourMs, surroundings);

function kindsOf(schedule: readonly Scheduled[]): Set<string> {
  return new Set(schedule.map(kindOf));
}

/** How long FinHub's faults of that name are on, or how late. */
function timesOf(name: string, of: 'forMs' | 'delayMs', schedule = hour): number[] {
  return schedule.flatMap((its) => {
    if (its.kind !== 'finhub' || its.name !== name) return [];
    return of === 'forMs' ? its.forMs : (its.fault.delayMs ?? 0);
  });
}

test('the same seed has the same schedule, another seed another one', () => {
  expect(scheduleOf(7, hourMs, surroundings)).toEqual(hour);
  expect(scheduleOf(8, hourMs, surroundings)).not.toEqual(hour);
});

test('a shorter run has the beginning of a longer one, with shorter outages', () => {
  const butOutages = (its: Scheduled): object =>
    kindOf(its) === 'finhub outage' ? { ...its, forMs: 0 } : its;
  const minute = scheduleOf(7, 60_000, surroundings);
  expect(minute.map(butOutages)).toEqual(hour.slice(0, minute.length).map(butOutages));
});

test('in ten minutes and more FinHub is away for one to three minutes at a time, and not always', () => {
  const outages = timesOf('outage', 'forMs');
  const long = outages.filter((forMs) => forMs >= 60_000);
  expect(long.length).toBeGreaterThanOrEqual(5);
  expect(Math.max(...long)).toBeLessThanOrEqual(180_000);
  expect(outages.reduce((sum, forMs) => sum + forMs, 0)).toBeLessThan(hourMs / 3);
  for (const seed of [1, 2, 3, 4, 5]) {
    const [first = 0] = timesOf('outage', 'forMs', scheduleOf(seed, 180_000, surroundings));
    expect(first).toBeGreaterThanOrEqual(18_000);
    expect(first).toBeLessThanOrEqual(54_000);
  }
});

test('in three minutes every kind of fault comes', () => {
  expect(kindsOf(scheduleOf(7, 3 * 60_000, surroundings))).toEqual(kindsOf(hour));
  expect(kindsOf(hour).size).toBe(39);
});

test('in time every process is killed, every stage process frozen, and every link spoiled', () => {
  const long = scheduleOf(7, 4 * hourMs, surroundings);
  const distinct = (textOf: (action: Scheduled) => string[]): number => new Set(long.flatMap(textOf)).size;
  expect(distinct((its) => (its.kind === 'kill' ? [its.part] : []))).toBe(10 + 5);
  expect(distinct((its) => (its.kind === 'freeze' ? [its.part] : []))).toBe(10);
  expect(distinct((its) => (its.kind === 'link' ? [`${its.from} ${its.to}`] : []))).toBe(10 * 3 + 3 + 2 + 2);
});

test.each(['late-effect', 'late-answer'])(
  'a %s comes after the caller gave up, and within the settle time',
  (name) => {
    const delays = timesOf(name, 'delayMs');
    expect(Math.min(...delays)).toBeGreaterThan(chaosTimes.callLimitMs);
    expect(Math.max(...delays)).toBeLessThan(chaosTimes.callLimitMs + chaosTimes.settleMs);
  },
);

test('the applicants of a seed are the same each time, and no two have the same e-mail address', () => {
  const applicants = Array.from({ length: 200 }, (_, number) => applicantOf(7, number, 'tenant'));
  expect(applicants).toEqual(Array.from({ length: 200 }, (_, number) => applicantOf(7, number, 'tenant')));
  expect(new Set(applicants.map(({ email }) => email)).size).toBe(200);
  for (const { request } of applicants)
    for (const canary of canaries) expect(JSON.stringify(request)).toContain(canary);
});

test('some are asked for twice: the second request has the same person, an id of its own, and ends in a no', () => {
  const firsts = Array.from({ length: 400 }, (_, number) => applicantOf(7, number, 'tenant'));
  const seconds = firsts.flatMap((first) => secondRequestFor(first, 7, 'tenant') ?? []);
  expect(seconds.length).toBeGreaterThan(5);
  expect(seconds.length).toBeLessThan(40);
  for (const second of seconds) {
    const first = firsts.find(({ request }) => request === second.request);
    expect(second).toMatchObject({ requestId: `${first?.requestId}-again`, expectedEnd: 'rejected' });
    expect(second.onboardingId).not.toBe(first?.onboardingId);
    expect(first?.expectedEnd).toBe('activated');
    expect(second).not.toHaveProperty('email');
  }
});

test('a wrong argument is told in a sentence', () => {
  expect(() => readArguments(['--minutes', 'many'])).toThrow(
    '--minutes takes a number from 0.1 to 1440, not "many".',
  );
  expect(readArguments(['--seed', '3', '--minutes', '0.5'])).toEqual({
    seed: 3,
    lengthMs: 30_000,
    rate: 2,
    replicas: 2,
    isDataKept: false,
  });
  expect(readArguments(['--help'])).toBeUndefined();
});
