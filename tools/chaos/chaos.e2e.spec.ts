import { afterAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stateDirectory } from '../local/project-root.js';
import { ChaosRun } from './run.js';

const timeLimitMs = 400_000;
const directory = join(stateDirectory, 'test', `chaos-${process.pid}-${randomUUID().slice(0, 8)}`);
const run = new ChaosRun(
  { seed: 7, lengthMs: 45_000, rate: 1.5, replicas: 2, isDataKept: false },
  { directory, env: {}, say: () => undefined },
);

afterAll(async () => {
  await run.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

test(
  'whatever is killed, frozen, cut or answered wrongly: every acknowledged request has one end or is parked, nothing is done twice at FinHub, and every command has one answer',
  async () => {
    const { findings, figures } = await run.run();
    expect(findings).toEqual([]);
    expect(figures.requests).toBeGreaterThan(20);
    expect(figures.doubled).toBe(0);
  },
  timeLimitMs,
);
