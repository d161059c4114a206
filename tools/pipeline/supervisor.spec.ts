import { expect, test } from '@jest/globals';
import { waitUntil } from '../../test/wait-until.js';
import { Supervisor, type Part, type RunningPart } from './supervisor.js';

test('a part that ends is started again, with a pause that doubles', async () => {
  const { supervisor, part, pauses } = given();
  await supervisor.start(part);
  for (const starts of [2, 3, 4]) {
    part.end('SIGKILL');
    await waitUntil(`start ${starts}`, () => part.starts === starts);
  }
  expect(pauses).toEqual([200, 400, 800]);
});

test('a part that does not get ready again is tried until it does', async () => {
  const { supervisor, part, lines } = given();
  await supervisor.start(part);
  part.failuresLeft = 2;
  part.end('exit code 1');
  await waitUntil('the part to be back', () => lines.includes('tracker is back (process 1004).'));
  expect(lines[0]).toBe('tracker ended (exit code 1); starting it again.');
});

test('what does not get ready the first time is a reason to give up', async () => {
  const { supervisor, part, recorded } = given();
  part.failuresLeft = 1;
  await expect(supervisor.start(part)).rejects.toThrow('no database');
  expect(recorded.size).toBe(0);
});

test('services are stopped before the servers that they write to, and nothing is started again', async () => {
  const { supervisor, stops } = given();
  await supervisor.start(new FakePart('postgres', 'server', stops));
  await supervisor.start(new FakePart('gateway', 'service', stops));
  await supervisor.stop();
  expect(stops).toEqual(['gateway', 'postgres']);
  expect(supervisor.pids().size).toBe(0);
});

test('what runs is on record, so that a later run can end it', async () => {
  const { supervisor, part, recorded } = given();
  await supervisor.start(part);
  expect([...recorded]).toEqual([1001]);
  expect(supervisor.pids()).toEqual(new Map([['tracker', 1001]]));
});

test('it tells what it keeps running, and what of that is down', async () => {
  const { supervisor, part } = given();
  await supervisor.start(part);
  expect([supervisor.names(), supervisor.down()]).toEqual([['tracker'], []]);
  part.start = () => new Promise(() => undefined);
  part.end('SIGKILL');
  await waitUntil('it to be missed', () => supervisor.down()[0] === 'tracker');
  expect(supervisor.names()).toEqual(['tracker']);
});

class FakePart implements Part {
  starts = 0;
  failuresLeft = 0;
  end: (how: string) => void = () => undefined;

  constructor(
    readonly name: string,
    readonly layer: Part['layer'],
    private readonly stops: string[] = [],
  ) {}

  start(onSpawn: (pid: number) => void): Promise<RunningPart> {
    this.starts += 1;
    const pid = 1000 + this.starts;
    onSpawn(pid);
    if (this.failuresLeft > 0) {
      this.failuresLeft -= 1;
      return Promise.reject(new Error('no database'));
    }
    const ended = new Promise<string>((resolve) => {
      this.end = resolve;
    });
    const stop = async (): Promise<void> => {
      this.stops.push(this.name);
      this.end('exit code 0');
      await ended;
    };
    return Promise.resolve({ pid, ended, stop });
  }
}

function given() {
  const lines: string[] = [];
  const pauses: number[] = [];
  const recorded = new Set<number>();
  const supervisor = new Supervisor({
    say: (line) => lines.push(line),
    record: { add: (pid) => recorded.add(pid), remove: (pid) => recorded.delete(pid) },
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  });
  return {
    supervisor,
    lines,
    pauses,
    recorded,
    stops: [] as string[],
    part: new FakePart('tracker', 'service'),
  };
}
