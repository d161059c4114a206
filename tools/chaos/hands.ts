import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from './wait-for-condition.js';
import type { Supervisor } from '../pipeline/supervisor.js';
import type { Action, StageName } from './action.js';
import type { KafkaHands } from './kafka-hands.js';
import type { Load } from './load.js';
import type { Ops } from './ops.js';
import type { SandboxFaults } from './sandbox-faults.js';
import type { Switchboard } from './switchboard.js';

/** What an action is done with. */
export interface HandTools {
  readonly supervisor: Supervisor;
  readonly switchboard: Switchboard;
  readonly kafka: KafkaHands;
  readonly faults: SandboxFaults;
  readonly ops: Ops;
  readonly load: Load;
  /** Ends waits: the chaos is over. */
  readonly signal: AbortSignal;
}

type Of<Kind extends Action['kind']> = Action & { readonly kind: Kind };

const backLimitMs = 120_000;

/** Does actions and takes them back; each gives a word on how it went. Rejects where it could not be done. */
export class Hands {
  private readonly frozen = new Set<number>();
  private readonly kinds: { readonly [Kind in Action['kind']]: (action: Of<Kind>) => Promise<string> } = {
    kill: ({ part }) => this.end(part, 'SIGKILL'),
    terminate: ({ part }) => this.end(part, 'SIGTERM'),
    freeze: (action) => this.freeze(action),
    'rolling-restart': (action) => this.restart(action.parts),
    link: (action) => this.spoilLink(action),
    finhub: (action) => this.spoilFinhub(action),
    'reset-offsets': ({ stage }) => this.resetOffsets(stage),
    garbage: async ({ topic, garbage }) =>
      (await this.tools.kafka.garbage(topic, garbage)) ? 'published' : 'not acknowledged',
    clock: (action) => this.shiftClock(action),
    command: (action) => this.command(action),
  };

  constructor(private readonly tools: HandTools) {}

  async perform(action: Action): Promise<string> {
    return (this.kinds[action.kind] as (action: Action) => Promise<string>)(action);
  }

  /** Takes back all that is not back yet. */
  async calm(): Promise<void> {
    const { switchboard, faults, supervisor } = this.tools;
    for (const pid of this.frozen) signal(pid, 'SIGCONT');
    this.frozen.clear();
    switchboard.calm();
    await faults.clear();
    await waitFor(() => supervisor.down().length === 0, backLimitMs);
    // A sandbox that came back meanwhile has none; one that was frozen may have got one since.
    await faults.clear();
  }

  private async end(part: string, how: 'SIGKILL' | 'SIGTERM'): Promise<string> {
    const { supervisor } = this.tools;
    const pid = supervisor.pids().get(part);
    if (pid === undefined) return 'it was down already';
    const sinceMs = performance.now();
    signal(pid, how);
    // A frozen process hears nothing but SIGKILL.
    if (this.frozen.has(pid) && how === 'SIGTERM') return 'it is frozen';
    const isBack = await waitFor(() => (supervisor.pids().get(part) ?? pid) !== pid, backLimitMs);
    return isBack ? `back after ${seconds(sinceMs)}` : 'not back yet';
  }

  private async freeze({ part, forMs }: Of<'freeze'>): Promise<string> {
    const pid = this.tools.supervisor.pids().get(part);
    if (pid === undefined) return 'it was down already';
    signal(pid, 'SIGSTOP');
    this.frozen.add(pid);
    await this.pause(forMs);
    this.frozen.delete(pid);
    signal(pid, 'SIGCONT');
    return 'goes on';
  }

  private async restart(parts: readonly string[]): Promise<string> {
    for (const part of parts) await this.end(part, 'SIGTERM');
    return 'all back';
  }

  private async spoilLink({ from, to, how, forMs }: Of<'link'>): Promise<string> {
    this.tools.switchboard.setLink(from, to, how);
    await this.pause(forMs);
    this.tools.switchboard.setLink(from, to, 'open');
    return 'open again';
  }

  private async spoilFinhub({ fault, forMs }: Of<'finhub'>): Promise<string> {
    const id = await this.tools.faults.add(fault);
    if (id === undefined) return 'the sandbox does not answer';
    await this.pause(forMs);
    await this.tools.faults.remove(id);
    return 'over';
  }

  private async resetOffsets(stage: StageName): Promise<string> {
    const { supervisor, switchboard, kafka } = this.tools;
    const parts = [...supervisor.names()].filter((part) => part === stage || part.startsWith(`${stage}-`));
    parts.forEach((part) => switchboard.holdBack(part));
    try {
      for (const part of parts) {
        const pid = supervisor.pids().get(part);
        if (pid !== undefined) signal(pid, 'SIGKILL');
      }
      await waitFor(() => parts.every((part) => !supervisor.pids().has(part)), backLimitMs);
      return await this.resetOnceEmpty(`onboarding-${stage}`, kafka);
    } finally {
      parts.forEach((part) => switchboard.letStart(part));
    }
  }

  /** The broker misses members that were killed after their session only. */
  private async resetOnceEmpty(groupId: string, kafka: KafkaHands): Promise<string> {
    let reason: unknown;
    const isReset = await waitFor(async () => {
      try {
        await kafka.resetOffsets(groupId);
        return true;
      } catch (error) {
        reason = error;
        return false;
      }
    }, 30_000);
    return isReset ? 'set back to the beginning' : `not set back: ${String(reason)}`;
  }

  private async shiftClock({ part, byMs, forMs }: Of<'clock'>): Promise<string> {
    this.tools.switchboard.shiftClock(part, byMs);
    await this.pause(forMs);
    this.tools.switchboard.shiftClock(part, 0);
    return 'right again';
  }

  private async command({ command, pick, forMs }: Of<'command'>): Promise<string> {
    const { ops, load } = this.tools;
    const isForParked = command === 'replay' || command === 'correct';
    const ids = isForParked
      ? await ops.parkedIds()
      : load.acknowledged.slice(-30).map(({ onboardingId }) => onboardingId);
    const id = ids[Math.floor(pick * ids.length)];
    if (id === undefined) return 'there is none';
    if (command === 'correct') return `${id}: ${await ops.correct(id, this.phoneOf(id), newPhone(pick))}`;
    const answer = await ops.give(id, command);
    if (command !== 'pause') return `${id}: ${answer}`;
    await this.pause(forMs);
    return `${id}: ${answer}, resume ${await ops.give(id, 'resume')}`;
  }

  /** Where its request has a phone number. */
  private phoneOf(id: string): string {
    const kind = this.tools.load.acknowledged.find(({ onboardingId }) => onboardingId === id)?.applicantKind;
    return `/${kind ?? 'individual'}/phone`;
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.tools.signal }).catch(() => undefined);
  }
}

/** Nobody else's. */
function newPhone(pick: number): string {
  return `+3707${Math.floor(pick * 10_000_000)
    .toString()
    .padStart(7, '0')}`;
}

/** One that has ended meanwhile is no error. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`;
}
