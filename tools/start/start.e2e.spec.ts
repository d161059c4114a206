import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../../test/wait-until.js';
import { isRunning, type ProcessIdentity } from '../local/process-identity.js';
import { projectRoot, stateDirectory } from '../local/project-root.js';

const startLimitMs = 90_000;
let directory: string;
let runs: Run[];

beforeEach(() => {
  directory = join(stateDirectory, 'test', `start-${process.pid}`);
  runs = [];
});
afterEach(async () => {
  for (const run of runs) run.child.kill('SIGINT');
  await Promise.all(runs.map((run) => run.ended));
  rmSync(directory, { recursive: true, force: true });
});

test(
  'the fifty examples end as expected, companies with an IBAN too, and no process is left behind',
  async () => {
    const run = start('--once');
    await waitUntil('everything to be up', () => run.output().includes('Everything is up'), startLimitMs);
    const started = processes();
    expect(await run.ended).toBe(0);
    expect(run.output()).toContain('All 50 ended as expected.');
    expect(run.output()).toMatch(
      /^example-organization-01 +organization +activated +\S+ +[A-Z]{2}\d{2}\S+ +[\d.]+$/mu,
    );
    expect(started.filter(isRunning)).toEqual([]);
  },
  2 * startLimitMs,
);

test(
  'Ctrl-C stops all that was started; a run beside another one is refused; after kill -9 the next one just starts, with --keep on the data of the last one, which nothing else keeps',
  async () => {
    const left = join(directory, 'logs', 'left-by-a-run-before.log');
    mkdirSync(join(directory, 'logs'), { recursive: true });
    writeFileSync(left, 'of no use to anybody');
    const file = join(directory, 'one.jsonl');
    writeFileSync(file, firstExample());
    const requests = ['--requests', file];
    const first = start(...requests);
    await waitUntil(
      'the first run to be up',
      () => first.output().includes('Ctrl-C stops everything.'),
      startLimitMs,
    );
    const ofFirst = processes();
    expect(existsSync(left)).toBe(false);
    writeFileSync(left, 'kept');

    const beside = start(...requests);
    expect(await beside.ended).toBe(1);
    expect(beside.output()).toContain(`It runs already (process ${first.child.pid ?? 0})`);

    first.child.kill('SIGKILL');
    const second = start(...requests, '--keep');
    await waitUntil(
      'the second run to be up',
      () => second.output().includes('Ctrl-C stops everything.'),
      startLimitMs,
    );
    expect(ofFirst.filter(isRunning)).toEqual([]);
    expect(existsSync(left)).toBe(true);
    // The same request is answered with what the first run did.
    expect(ibanIn(second)).toBe(ibanIn(first));

    const ofSecond = processes();
    second.child.kill('SIGINT');
    await waitUntil('Ctrl-C to be heard', () => second.output().includes('Stopping.'));
    // So npm passes on what the terminal has sent to all: that is still the first.
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(130);
    expect(ofSecond.filter(isRunning)).toEqual([]);
    expect(existsSync(join(directory, 'run.json'))).toBe(false);
  },
  3 * startLimitMs,
);

function ibanIn(run: Run): string | undefined {
  const iban = /^example-individual-01 +individual +activated +\S+ +(?<iban>LT\d{2}\S+) /mu.exec(run.output())
    ?.groups?.['iban'];
  expect(iban).toBeDefined();
  return iban;
}

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output(): string;
}

function start(...args: string[]): Run {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ONBOARDING_DIRECTORY: directory };
  const program = join(projectRoot, 'dist', 'tools', 'start', 'main.js');
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const run = { child, ended, output: () => text };
  runs.push(run);
  return run;
}

/** What the current run has started, by its own record. */
function processes(): ProcessIdentity[] {
  const record = JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')) as {
    processes: ProcessIdentity[];
  };
  expect(record.processes.length).toBeGreaterThanOrEqual(10);
  return record.processes;
}

function firstExample(): string {
  return readFileSync(join(projectRoot, 'examples', 'applicants.jsonl'), 'utf8').split('\n')[0] ?? '';
}
