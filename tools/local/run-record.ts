import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isRunning, type ProcessIdentity } from './process-identity.js';

interface Recorded {
  readonly holder: ProcessIdentity;
  readonly processes: readonly ProcessIdentity[];
}

/** Another run holds the record. */
export class AlreadyRunning extends Error {
  constructor(readonly pid: number) {
    super(`It runs already (process ${pid}): stop that one first, with Ctrl-C or \`kill ${pid}\`.`);
  }
}

/**
 * Who runs, and what it started, in a file: so that two runs never share a folder, and so that a run finds and ends what a
 * killed one left behind.
 */
export class RunRecord {
  readonly #processes = new Map<number, ProcessIdentity>();

  private constructor(
    private readonly file: string,
    private readonly holder: ProcessIdentity,
  ) {}

  /**
   * Takes the record for this process and ends what a run that died left behind. A holder that is just going away is
   * waited for. Rejects with {@link AlreadyRunning}.
   */
  static async take(file: string, patienceMs = 5_000): Promise<RunRecord> {
    mkdirSync(dirname(file), { recursive: true });
    const holder = identityOf(process.pid);
    if (holder === undefined) throw new Error('This machine does not say when a process started.');
    const deadline = performance.now() + patienceMs;
    while (!claim(file, { holder, processes: [] })) {
      const found = read(file);
      if (found !== undefined && isRunning(found.holder)) {
        if (performance.now() > deadline) throw new AlreadyRunning(found.holder.pid);
        await delay(100);
      } else {
        await endAll(found?.processes ?? []);
        rmSync(file, { force: true });
      }
    }
    return new RunRecord(file, holder);
  }

  /** Remembers a process group that this run started. */
  add(pid: number): void {
    const identity = identityOf(pid);
    if (identity === undefined) return;
    this.#processes.set(pid, identity);
    this.#write();
  }

  remove(pid: number): void {
    if (this.#processes.delete(pid)) this.#write();
  }

  /** Gives the record up: all that was started has ended. */
  release(): void {
    rmSync(this.file, { force: true });
  }

  #write(): void {
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify({ holder: this.holder, processes: [...this.#processes.values()] }));
    renameSync(next, this.file);
  }
}

/** A link is made only where no file is: of two runs at once one gets it, and nobody sees half a file. */
function claim(file: string, recorded: Recorded): boolean {
  if (existsSync(file)) return false;
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(recorded));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function read(file: string): Recorded | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Recorded;
  } catch {
    return undefined;
  }
}

async function endAll(processes: readonly ProcessIdentity[]): Promise<void> {
  const left = processes.filter(isRunning);
  for (const { pid } of left) signalGroup(pid, 'SIGKILL');
  while (left.some(isRunning)) await delay(20);
}

/** Signals a process group by its leader; one that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
