import { expect, test } from '@jest/globals';
import type { Part } from '../pipeline/supervisor.js';
import { visit, type Visit } from './guest.js';

test('a guest that joins a whole group and leaves it has shared the partitions anew, and is forgotten', async () => {
  const { outcome, pids } = await visited({});
  expect(outcome).toEqual({ how: 'done', told: 'joined and left' });
  expect([...pids]).toEqual([]);
});

test('one that had to be killed has left no group cleanly', async () => {
  const { outcome } = await visited({ end: 'SIGKILL' });
  expect(outcome).toEqual({ how: 'in vain', told: 'it did not leave cleanly: SIGKILL' });
});

test('one whose group does not get whole before the chaos is over never starts', async () => {
  const { outcome, wasUp } = await visited({ others: 1, signal: AbortSignal.abort() });
  expect([outcome.how, wasUp]).toEqual(['in vain', false]);
});

/** A group of `others`, and a guest that ends as told. */
async function visited({ others = 2, end = 'exit code 0', signal }: Given) {
  const pids = new Set<number>();
  let isUp = false;
  let wasUp = false;
  const guest: Part = {
    name: 'guest',
    layer: 'service',
    start: async (onSpawn) => {
      onSpawn(17);
      isUp = wasUp = true;
      const stop = async (): Promise<void> => void (isUp = false);
      return { pid: 17, ended: Promise.resolve(end), stop };
    },
  };
  const outcome = await visit({
    guest,
    members: async () => others + (isUp ? 1 : 0),
    whole: 2,
    record: { add: (pid) => pids.add(pid), remove: (pid) => pids.delete(pid) },
    forMs: 1,
    signal: signal ?? new AbortController().signal,
  });
  return { outcome, pids, wasUp };
}

type Given = Partial<Pick<Visit, 'signal'>> & { readonly others?: number; readonly end?: string };
