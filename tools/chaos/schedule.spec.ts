import { expect, test } from '@jest/globals';
import { serviceParts } from '../pipeline/service-parts.js';
import { kindOf, type Scheduled } from './action.js';
import { readArguments } from './arguments.js';
import { applicantOf, canaries } from './applicants.js';
import { chaosTimes } from './finhub-faults.js';
import { scheduleOf } from './schedule.js';

const surroundings = { parts: serviceParts(2) };
const hourMs = 3_600_000;
const hour = scheduleOf(7, hourMs, surroundings);

function kindsOf(schedule: readonly Scheduled[]): Set<string> {
  return new Set(schedule.map(kindOf));
}

test('the same seed has the same schedule, another seed another one', () => {
  expect(scheduleOf(7, hourMs, surroundings)).toEqual(hour);
  expect(scheduleOf(8, hourMs, surroundings)).not.toEqual(hour);
});

test('a shorter run has the beginning of a longer one', () => {
  const minute = scheduleOf(7, 60_000, surroundings);
  expect(minute).toEqual(hour.slice(0, minute.length));
});

test('in three minutes every kind of fault comes', () => {
  expect(kindsOf(scheduleOf(7, 3 * 60_000, surroundings))).toEqual(kindsOf(hour));
  expect(kindsOf(hour).size).toBe(38);
});

test('in time every process is killed, every stage process frozen, and every link spoiled', () => {
  const long = scheduleOf(7, 4 * hourMs, surroundings);
  const distinct = (textOf: (action: Scheduled) => string[]): number => new Set(long.flatMap(textOf)).size;
  expect(distinct((its) => (its.kind === 'kill' ? [its.part] : []))).toBe(10 + 5);
  expect(distinct((its) => (its.kind === 'freeze' ? [its.part] : []))).toBe(10);
  expect(distinct((its) => (its.kind === 'link' ? [`${its.from} ${its.to}`] : []))).toBe(10 * 3 + 3 + 2 + 2);
});

test('a late effect comes after the caller gave up, and within the settle time', () => {
  const delays = hour.flatMap((its) =>
    its.kind === 'finhub' && its.fault.kind === 'late-effect' ? [its.fault.delayMs ?? 0] : [],
  );
  expect(Math.min(...delays)).toBeGreaterThan(chaosTimes.callLimitMs);
  expect(Math.max(...delays)).toBeLessThan(chaosTimes.callLimitMs + chaosTimes.settleMs);
});

test('the applicants of a seed are the same each time, and no two have the same e-mail address', () => {
  const applicants = Array.from({ length: 200 }, (_, number) => applicantOf(7, number, 'tenant'));
  expect(applicants).toEqual(Array.from({ length: 200 }, (_, number) => applicantOf(7, number, 'tenant')));
  expect(new Set(applicants.map(({ email }) => email)).size).toBe(200);
  for (const { request } of applicants)
    for (const canary of canaries) expect(JSON.stringify(request)).toContain(canary);
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
