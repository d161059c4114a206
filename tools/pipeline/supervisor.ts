import { setTimeout as delay } from 'node:timers/promises';
import { signalGroup } from '../local/run-record.js';

/** Something that runs beside us and can be started again. */
export interface Part {
  readonly name: string;
  /** Services are stopped before the servers that they write to. */
  readonly layer: 'service' | 'server';
  /** Starts it and resolves when it is ready; `onSpawn` is told its process id as soon as there is one. */
  start(onSpawn: (pid: number) => void): Promise<RunningPart>;
}

/** A part that is up. */
export interface RunningPart {
  readonly pid: number;
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** What the supervisor tells, and where it remembers what runs. */
export interface SupervisorTools {
  readonly say: (line: string) => void;
  readonly record: { add(pid: number): void; remove(pid: number): void };
  /** Pauses before a restart; a test's own. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pauseFirstMs = 200;
const pauseMaxMs = 10_000;
/** A part that ran this long is started again without a long pause, whatever was before. */
const steadyMs = 30_000;

/** Starts parts, starts them again when they end, and stops them all. */
export class Supervisor {
  readonly #running = new Map<Part, RunningPart>();
  readonly #kept = new Set<Part>();
  readonly #spawned = new Set<number>();
  readonly #stopping = new AbortController();

  constructor(private readonly tools: SupervisorTools) {}

  /** Starts a part; from then on it is kept running. Rejects when it does not get ready the first time. */
  async start(part: Part): Promise<void> {
    const running = await this.#launch(part);
    this.#kept.add(part);
    void this.#keepRunning(part, running);
  }

  /** The process ids by name, of what is up now. */
  pids(): ReadonlyMap<string, number> {
    return new Map([...this.#running].map(([part, { pid }]) => [part.name, pid]));
  }

  /** What is kept running, whether it is up now or not. */
  names(): string[] {
    return [...this.#kept].map(({ name }) => name);
  }

  /** What is kept running and not up now. */
  down(): string[] {
    return [...this.#kept].filter((part) => !this.#running.has(part)).map(({ name }) => name);
  }

  /** Stops all services, then all servers; what is still starting is killed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const up = [...this.#running];
    const isUp = (pid: number): boolean => up.some(([, running]) => running.pid === pid);
    for (const pid of this.#spawned) if (!isUp(pid)) signalGroup(pid, 'SIGKILL');
    for (const layer of ['service', 'server']) {
      await Promise.all(up.filter(([part]) => part.layer === layer).map(([, running]) => running.stop()));
    }
  }

  /** Kills everything at once. */
  kill(): void {
    this.#stopping.abort();
    for (const pid of this.#spawned) signalGroup(pid, 'SIGKILL');
  }

  async #launch(part: Part): Promise<RunningPart> {
    let spawned = 0;
    const onSpawn = (pid: number): void => {
      spawned = pid;
      this.#spawned.add(pid);
      this.tools.record.add(pid);
      if (this.#stopping.signal.aborted) signalGroup(pid, 'SIGKILL');
    };
    try {
      const running = await part.start(onSpawn);
      this.#running.set(part, running);
      return running;
    } catch (error) {
      this.#forget(spawned);
      throw error;
    }
  }

  async #keepRunning(part: Part, first: RunningPart): Promise<void> {
    let running: RunningPart | undefined = first;
    for (let failures = 0; ;) {
      const since = performance.now();
      const how = running === undefined ? 'it did not get ready' : await running.ended;
      this.#running.delete(part);
      if (running !== undefined) this.#forget(running.pid);
      if (this.#stopping.signal.aborted) return;
      failures = performance.now() - since > steadyMs ? 1 : failures + 1;
      this.tools.say(`${part.name} ended (${how}); starting it again.`);
      if (!(await this.#hasPaused(failures))) return;
      running = await this.#launch(part).catch(() => undefined);
      if (running !== undefined) this.tools.say(`${part.name} is back (process ${running.pid}).`);
    }
  }

  async #hasPaused(failures: number): Promise<boolean> {
    const { pause = (ms, signal) => delay(ms, undefined, { signal }) } = this.tools;
    const ms = Math.min(pauseMaxMs, pauseFirstMs * 2 ** (failures - 1));
    return pause(ms, this.#stopping.signal).then(
      () => true,
      () => false,
    );
  }

  #forget(pid: number): void {
    this.#spawned.delete(pid);
    this.tools.record.remove(pid);
  }
}
