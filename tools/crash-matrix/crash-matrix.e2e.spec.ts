import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stateDirectory } from '../local/project-root.js';
import { RunRecord } from '../local/run-record.js';
import { runMatrix } from './matrix.js';
import { World } from './world.js';

/** Of the whole matrix, which `npm run crash-matrix` runs, the edges around one call that nobody may make twice. */
const wanted = {
  stages: ['activation'],
  kinds: ['individual'],
  edges: 'activateIndividual',
  isEvery: true,
  seats: 4,
  isListOnly: false,
} as const;
const quiet = { say: () => undefined, onStage: () => Promise.resolve() };
const timeLimitMs = 300_000;

const directory = join(stateDirectory, 'test', `crash-matrix-${process.pid}-${randomUUID().slice(0, 8)}`);
let record: RunRecord;
let world: World;

beforeAll(async () => {
  record = await RunRecord.take(join(directory, 'run.json'));
  world = new World({ directory, record, seats: wanted.seats, say: () => undefined });
  await world.start();
}, timeLimitMs);
afterAll(async () => {
  await world.stop();
  record.release();
  rmSync(directory, { recursive: true, force: true });
}, timeLimitMs);

test(
  'a process that dies before, during or after the call that activates a customer costs no IBAN, and nobody is activated twice',
  async () => {
    const { deaths, missed, verdict, stages } = await runMatrix(world, wanted, quiet);
    expect(missed).toEqual([]);
    // Before and after the request, before and after the answer.
    expect(deaths).toBe(4);
    expect(verdict.findings).toEqual([]);
    expect(verdict.figures).toMatchObject({ doubled: 0, inDoubt: 0 });
    const states = stages.flatMap(({ attempts }) => attempts.map(({ state }) => state));
    expect(states).toEqual(states.map(() => 'activated'));
  },
  timeLimitMs,
);
