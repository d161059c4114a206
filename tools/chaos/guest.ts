import type { Part } from '../pipeline/supervisor.js';
import { done, inVain, type Outcome } from './outcome.js';
import { pause, waitFor } from './wait-for-condition.js';

/** One process more of a stage, and the group that it joins. */
export interface Visit {
  readonly guest: Part;
  /** How many members the group has; 0 while it is not stable or Kafka is away. */
  readonly members: () => Promise<number>;
  /** Members that the group has when it is whole. */
  readonly whole: number;
  /** Where its process id is remembered while it runs. */
  readonly record: { add(pid: number): void; remove(pid: number): void };
  readonly forMs: number;
  /** Ends waits: the chaos is over. */
  readonly signal: AbortSignal;
}

const wholeLimitMs = 30_000;
const joinLimitMs = 30_000;
const lookIntervalMs = 500;

/** Lets a guest join a group that is whole, and leave it: twice the members share the partitions anew. */
export async function visit({ guest, members, whole, record, forMs, signal }: Visit): Promise<Outcome> {
  const comes = async (count: number, limitMs: number): Promise<boolean> =>
    waitFor(async () => signal.aborted || (await members()) === count, limitMs, lookIntervalMs);
  if (!(await comes(whole, wholeLimitMs)) || signal.aborted) return inVain('its group was not whole');
  let pid = 0;
  const onSpawn = (its: number): void => {
    pid = its;
    record.add(pid);
  };
  try {
    const running = await guest.start(onSpawn).catch(() => undefined);
    if (running === undefined) return inVain('it did not get ready');
    const hasJoined = (await comes(whole + 1, joinLimitMs)) && !signal.aborted;
    if (hasJoined) await pause(forMs, signal);
    await running.stop();
    const how = await running.ended;
    if (!hasJoined) return inVain('it did not get into the group in time');
    return how === 'exit code 0' ? done('joined and left') : inVain(`it did not leave cleanly: ${how}`);
  } finally {
    if (pid !== 0) record.remove(pid);
  }
}
