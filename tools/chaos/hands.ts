import type { Part, Supervisor } from '../pipeline/supervisor.js';
import type { Action, StageName } from './action.js';
import { CommandHands, type CommandTools } from './command-hands.js';
import { visit, type Visit } from './guest.js';
import type { KafkaHands } from './kafka-hands.js';
import { done, failed, inVain, type Outcome } from './outcome.js';
import { SandboxAway } from './sandbox.js';
import type { Switchboard } from './switchboard.js';
import { pause, waitFor } from './wait-for-condition.js';

/** What an action is done with. */
export interface HandTools extends CommandTools {
  readonly supervisor: Supervisor;
  readonly switchboard: Switchboard;
  readonly kafka: KafkaHands;
  /** One process more of a stage, to be started. */
  readonly guest: (stage: StageName) => Promise<Part>;
  readonly record: Visit['record'];
}

type Of<Kind extends Action['kind']> = Action & { readonly kind: Kind };

const backLimitMs = 120_000;
const resetLimitMs = 60_000;

/** Does actions and takes them back, and tells of each whether it was done. */
export class Hands {
  private readonly frozen = new Set<number>();
  private readonly kinds: { readonly [Kind in Action['kind']]: (action: Of<Kind>) => Promise<Outcome> } = {
    kill: ({ part }) => this.end(part, 'SIGKILL'),
    terminate: ({ part }) => this.end(part, 'SIGTERM'),
    freeze: (action) => this.freeze(action),
    'rolling-restart': (action) => this.restart(action.parts),
    rebalance: (action) => this.rebalance(action),
    link: (action) => this.spoilLink(action),
    finhub: (action) => this.spoilFinhub(action),
    'reset-offsets': ({ stage }) => this.resetOffsets(stage),
    garbage: async ({ topic, garbage }) =>
      (await this.tools.kafka.garbage(topic, garbage)) ? done('published') : inVain('not acknowledged'),
    clock: (action) => this.shiftClock(action),
    command: (action) => this.commands.perform(action),
  };
  private readonly commands: CommandHands;

  constructor(private readonly tools: HandTools) {
    this.commands = new CommandHands(tools);
  }

  /** Resolves also where it could not be done. */
  async perform(action: Action): Promise<Outcome> {
    try {
      return await (this.kinds[action.kind] as (action: Action) => Promise<Outcome>)(action);
    } catch (error) {
      return error instanceof SandboxAway ? inVain(error.message) : failed(String(error));
    }
  }

  /** Takes back all that is not back yet, but FinHub's faults: each goes when its action is over, and tells how often it struck. */
  async calm(): Promise<void> {
    const { switchboard, supervisor } = this.tools;
    for (const pid of this.frozen) signal(pid, 'SIGCONT');
    this.frozen.clear();
    switchboard.calm();
    await waitFor(() => supervisor.down().length === 0, backLimitMs);
  }

  /** A frozen process hears SIGTERM when it goes on. */
  private async end(part: string, how: 'SIGKILL' | 'SIGTERM'): Promise<Outcome> {
    const { supervisor } = this.tools;
    const pid = supervisor.pids().get(part);
    if (pid === undefined) return inVain('it was down already');
    const sinceMs = performance.now();
    signal(pid, how);
    const isBack = await waitFor(() => (supervisor.pids().get(part) ?? pid) !== pid, backLimitMs);
    return isBack ? done(`back after ${seconds(sinceMs)}`) : failed(`not back after ${seconds(sinceMs)}`);
  }

  private async freeze({ part, forMs }: Of<'freeze'>): Promise<Outcome> {
    const pid = this.tools.supervisor.pids().get(part);
    if (pid === undefined) return inVain('it was down already');
    signal(pid, 'SIGSTOP');
    this.frozen.add(pid);
    await this.pause(forMs);
    this.frozen.delete(pid);
    signal(pid, 'SIGCONT');
    return done('goes on');
  }

  private async restart(parts: readonly string[]): Promise<Outcome> {
    const outcomes: Outcome[] = [];
    for (const part of parts) outcomes.push(await this.end(part, 'SIGTERM'));
    if (outcomes.every(({ how }) => how === 'in vain')) return inVain('all were down already');
    return outcomes.find(({ how }) => how === 'failed') ?? done('all back');
  }

  private async rebalance({ stage, forMs }: Of<'rebalance'>): Promise<Outcome> {
    const { guest, kafka, record, signal: over } = this.tools;
    return visit({
      guest: await guest(stage),
      members: () => kafka.members(groupOf(stage)),
      whole: this.partsOf(stage).length,
      ...{ record, forMs, signal: over },
    });
  }

  private async spoilLink({ from, to, how, forMs }: Of<'link'>): Promise<Outcome> {
    const { switchboard } = this.tools;
    const before = switchboard.struck(from, to);
    switchboard.setLink(from, to, how);
    await this.pause(forMs);
    switchboard.setLink(from, to, 'open');
    const struck = switchboard.struck(from, to) - before;
    return struck > 0 ? done(tellStruck(struck)) : inVain('nothing wanted to pass');
  }

  private async spoilFinhub({ fault, forMs }: Of<'finhub'>): Promise<Outcome> {
    const { sandbox } = this.tools;
    const id = await sandbox.add(fault);
    await this.pause(forMs);
    const struck = await sandbox.takeAway(id);
    if (struck === undefined) return inVain('the sandbox was started again and has forgotten it');
    return struck > 0 ? done(tellStruck(struck)) : inVain('it struck nobody');
  }

  private async resetOffsets(stage: StageName): Promise<Outcome> {
    const { switchboard } = this.tools;
    const parts = this.partsOf(stage);
    parts.forEach((part) => switchboard.holdBack(part));
    try {
      return await this.resetOnceEmpty(groupOf(stage), parts);
    } finally {
      parts.forEach((part) => switchboard.letStart(part));
    }
  }

  /** Who was starting when it was held back comes up all the same; the broker misses the killed after their session only. */
  private async resetOnceEmpty(groupId: string, parts: readonly string[]): Promise<Outcome> {
    const { kafka, signal: over } = this.tools;
    let outcome = failed('not tried');
    await waitFor(async () => {
      this.killAll(parts);
      outcome = await kafka.resetOffsets(groupId).then(
        () => done('set back to the beginning'),
        (error: unknown) => (over.aborted ? inVain : failed)(`not set back: ${String(error)}`),
      );
      return outcome.how !== 'failed';
    }, resetLimitMs);
    return outcome;
  }

  private async shiftClock({ part, byMs, forMs }: Of<'clock'>): Promise<Outcome> {
    const { supervisor, switchboard } = this.tools;
    const isUp = (): boolean => supervisor.pids().has(part);
    const wasUp = isUp();
    switchboard.shiftClock(part, byMs);
    await this.pause(forMs);
    switchboard.shiftClock(part, 0);
    return wasUp || isUp() ? done('right again') : inVain('it was down');
  }

  private partsOf(stage: StageName): string[] {
    return this.tools.supervisor.names().filter((part) => part === stage || part.startsWith(`${stage}-`));
  }

  private killAll(parts: readonly string[]): void {
    for (const part of parts) {
      const pid = this.tools.supervisor.pids().get(part);
      if (pid !== undefined) signal(pid, 'SIGKILL');
    }
  }

  private pause(ms: number): Promise<void> {
    return pause(ms, this.tools.signal);
  }
}

function groupOf(stage: StageName): string {
  return `onboarding-${stage}`;
}

/** One that has ended meanwhile is no error. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function tellStruck(times: number): string {
  return times === 1 ? 'struck once' : `struck ${times} times`;
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`;
}
