import { expect, test } from '@jest/globals';
import { isDisturbed, type Attempt } from './attempt.js';
import type { TraceLine } from './trace.js';

const claim = 'Postgres: claim what is due';
const wait = 'Postgres: write the wait for register';
const [own, others] = [1, 2];

test('who was worked on by a process that died for another is disturbed', () => {
  expect(isDisturbedBy([line(others, claim, 0), line(own, claim, 12_000)], 100)).toBe(true);
});

test('who had been given back before is not: nobody had it then', () => {
  const givenBack = { ...line(others, wait, 10), leaseMs: 0 };
  const published = line(others, 'Kafka: send onboarding.attempt.v1', 20);
  const end = line(own, 'Kafka: send onboarding.registered.v1', 4_600);
  const trace = [line(others, claim, 0), givenBack, published, line(own, claim, 4_500), end];
  expect(isDisturbedBy(trace, 100)).toBe(false);
  expect(isDisturbedBy(trace, 5)).toBe(true);
});

test('who was taken up again by the process that then died is', () => {
  const givenBack = { ...line(others, wait, 10), leaseMs: 0 };
  expect(isDisturbedBy([line(others, claim, 0), givenBack, line(others, claim, 50)], 100)).toBe(true);
});

/** Whether the death of the other process at that time disturbed the applicant of this trace. */
function isDisturbedBy(trace: TraceLine[], deathAtMs: number): boolean {
  const death = { ...line(others, claim, deathAtMs), isKill: true as const };
  const [attempt, other] = [attemptOf(trace), attemptOf([death])];
  return isDisturbed(attempt, [attempt, other]);
}

function attemptOf(trace: TraceLine[]): Attempt {
  return { trace } as unknown as Attempt;
}

function line(pid: number, edge: string, atMs: number): TraceLine {
  return { atMs, pid, edge, side: 'after' };
}
