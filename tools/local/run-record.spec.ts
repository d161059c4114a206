import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../../test/wait-until.js';
import { identityOf, isRunning } from './process-identity.js';
import { AlreadyRunning, RunRecord } from './run-record.js';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'run-record-'));
  file = join(directory, 'run.json');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('a second run is refused while the first one runs', async () => {
  const record = await RunRecord.take(file);
  await expect(RunRecord.take(file, 0)).rejects.toThrow(AlreadyRunning);
  record.release();
});

test('a run that gives the record up lets the next one in', async () => {
  (await RunRecord.take(file)).release();
  (await RunRecord.take(file, 0)).release();
  expect(existsSync(file)).toBe(false);
});

test('what a killed run left behind is ended before the next one starts', async () => {
  const leftover = startSleeper();
  writeRecord({ holder: { pid: 999_999_9, startedAt: 'long ago' }, processes: [identityOf(leftover)] });
  (await RunRecord.take(file)).release();
  expect(identityOf(leftover)).toBeUndefined();
});

test('a process that only has the number of a leftover is left alone', async () => {
  const stranger = startSleeper();
  const identity = await waitUntil('the process to run', () => identityOf(stranger));
  writeRecord({
    holder: { pid: stranger, startedAt: 'before' },
    processes: [{ pid: stranger, startedAt: 'before' }],
  });
  (await RunRecord.take(file)).release();
  expect(isRunning(identity)).toBe(true);
  process.kill(stranger, 'SIGKILL');
});

function writeRecord(recorded: unknown): void {
  writeFileSync(file, JSON.stringify(recorded));
}

function startSleeper(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
  return child.pid ?? 0;
}
