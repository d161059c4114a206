import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ChaosRun } from '../tools/chaos/run.js';
import type { ChaosReport } from '../tools/chaos/report.js';
import { stateDirectory } from '../tools/local/project-root.js';
import { commandsOf, eventsOf, storiesOf, type SeenEvent, type Story } from '../tools/witness/story.js';
import { standingOf } from '../tools/witness/standing.js';

/*
 * The promises of docs/guarantees.md, each under its own sentence, judged by the witness after one run of chaos: kills, frozen
 * processes, cut connections, FinHub's faults, garbage and commands. What a promise says beyond that is in the specs that
 * docs/guarantees.md names.
 */

const timeLimitMs = 400_000;
const directory = join(stateDirectory, 'test', `promises-${process.pid}-${randomUUID().slice(0, 8)}`);
const run = new ChaosRun(
  { seed: 7, lengthMs: 45_000, rate: 1.5, replicas: 2, isDataKept: false },
  { directory, env: {}, say: () => undefined },
);
let report: ChaosReport;
let events: SeenEvent[];

beforeAll(async () => {
  report = await run.run();
  events = eventsOf(run.seen?.records ?? []);
  expect(report.figures.requests).toBeGreaterThan(20);
}, timeLimitMs);
afterAll(async () => {
  await run.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

test('Every admitted request ends in exactly one of: activated, rejected (a final no, by FinHub or by our rules), cancelled; or it is parked: visible, waiting for a human.', () => {
  expect(found('many-ends', 'wrong-end', 'way-missing', 'unasked', 'parked', 'state-topic')).toEqual([]);
  const standings = stories().map((story) => standingOf(story).state);
  expect(standings.length).toBeGreaterThanOrEqual(report.figures.requests);
  const rest = standings.filter((state) => !['activated', 'rejected', 'cancelled', 'parked'].includes(state));
  expect(rest).toEqual([]);
});

test('whoever is to be activated is, in the end, but for whom ops cancel', () => {
  const ended = commandsOf(run.seen?.records ?? []).filter(({ data }) => isEnding(String(data['command'])));
  const cancelled = new Set(ended.map(({ subject }) => subject));
  const wanted = stories().filter(
    ({ request, onboardingId }) => request?.expectedEnd === 'activated' && !cancelled.has(onboardingId),
  );
  expect(wanted.length).toBeGreaterThan(0.8 * report.figures.requests);
  // What was in doubt has been resolved, what failed has been replayed.
  const others = wanted.map(standingOf).filter(({ state }) => state !== 'activated');
  expect(others).toEqual([]);
});

test('None is ever lost, whatever process dies when.', () => {
  expect(found('lost', 'dropped', 'unknown-customer', 'untold-activation', 'never-registered')).toEqual([]);
  expect(found('unanswered')).toEqual([]);
  expect(applied('kill')).toBeGreaterThan(1);
});

test('No effect is caused twice at FinHub, though FinHub has no idempotency keys.', () => {
  expect(found('doubled', 'adopted', 'not-done', 'wrong-number')).toEqual([]);
  expect(report.figures.doubled).toBe(0);
  expect(report.figures.onceOnlyEffects).toBeGreaterThan(200);
  expect(applied('finhub')).toBeGreaterThan(1);
});

test('The committed state and the published events agree: one event id per state change, duplicates only with the same id.', () => {
  expect(found('unlike-copies', 'sequence-twice', 'untold-activation', 'state-topic')).toEqual([]);
  const changes = events.map(({ subject, stage, sequence = '' }) => [subject, stage, sequence].join(' '));
  const ids = new Map(events.map(({ id }, index) => [id, changes[index]]));
  expect(ids.size).toBe(new Set(changes).size);
});

test('Events carry stage and `sequence`, gapless within a stage of an onboarding; the journey orders the stages.', () => {
  expect(found('sequence-gap', 'disorder')).toEqual([]);
});

test('A consumer can order and dedupe without asking anyone.', () => {
  const asTold = orderedOf(events);
  const shuffled = [...events, ...events].sort((one, other) => mixed(one).localeCompare(mixed(other)));
  expect(orderedOf(shuffled)).toEqual(asTold);
});

test('nothing else was found, and no dead letter but of garbage', () => {
  expect(report.findings).toEqual([]);
});

function found(...rules: string[]): object[] {
  return report.findings.filter(({ rule }) => rules.includes(rule));
}

function stories(): Story[] {
  return run.seen === undefined ? [] : storiesOf(run.seen);
}

function isEnding(command: string): boolean {
  return command === 'cancel' || command === 'erase';
}

/** How many actions of that kind happened, of those that were scheduled. */
function applied(kind: string): number {
  return report.happened.filter(({ action, outcome }) => action.kind === kind && outcome.how === 'done')
    .length;
}

/** What a consumer makes of what it reads, by id, stage and sequence alone. */
function orderedOf(read: readonly SeenEvent[]): Record<string, string[]> {
  const firsts = [...new Map(read.map((event) => [event.id, event])).values()];
  const requests = run.seen?.requests ?? [];
  const records = firsts.map(({ record }) => record);
  const told = storiesOf({ records, requests }).map(({ onboardingId, events: own }) => [
    onboardingId,
    own.map(({ id }) => id),
  ]);
  return Object.fromEntries(told) as Record<string, string[]>;
}

/** Any order, but the same each time. */
function mixed({ id }: SeenEvent): string {
  return id.split('-').reverse().join('');
}
