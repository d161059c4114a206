import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** A server that runs beside us in a process group of its own, so that Ctrl-C in the terminal reaches only us. */
export interface BackgroundProcess {
  readonly pid: number;
  /** Resolves when it has ended, with how: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Asks with `signal`, and kills when it is still there after `timeLimitMs`. Resolves when it is gone. */
  stop(signal: NodeJS.Signals, timeLimitMs: number): Promise<void>;
  /**
   * Resolves once `isReady` answers true; rejects with the log's end when the process ends first or time runs out, and is
   * killed then.
   */
  waitUntilReady(isReady: () => Promise<boolean>, timeLimitMs: number): Promise<void>;
}

/** What to run, and where its output goes. */
export interface BackgroundCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Adds to the log instead of starting an empty one. */
  readonly isLogKept?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** Gives the child a channel to us: our services stop when it closes, so when we die. */
  readonly hasChannel?: boolean;
}

/** Starts a server. Rejects when the program cannot be started at all. */
export async function startInBackground(what: BackgroundCommand): Promise<BackgroundProcess> {
  const child = await spawnWithLog(what);
  let isGone = false;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      isGone = true;
      resolve(signal ?? `exit code ${code ?? 0}`);
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    async stop(signal, timeLimitMs) {
      if (isGone) return;
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), timeLimitMs);
      await ended;
      clearTimeout(timer);
    },
    async waitUntilReady(isReady, timeLimitMs) {
      const deadline = performance.now() + timeLimitMs;
      while (!(await isReady())) {
        if (isGone)
          throw new Error(`${what.name} ended (${await ended}) while starting: ${await endOf(what.logFile)}`);
        if (performance.now() > deadline) {
          child.kill('SIGKILL');
          throw new Error(
            `${what.name} was not ready within ${timeLimitMs} ms: ${await endOf(what.logFile)}`,
          );
        }
        await delay(50);
      }
    },
  };
}

async function spawnWithLog(what: BackgroundCommand): Promise<ChildProcess> {
  // Appending, so that a log which somebody empties meanwhile goes on at its start.
  const log = openSync(what.logFile, 'a', 0o600);
  if (what.isLogKept !== true) ftruncateSync(log);
  try {
    const child = spawn(what.command, what.args, {
      detached: true,
      stdio: ['ignore', log, log, ...(what.hasChannel === true ? (['ipc'] as const) : [])],
      env: what.env ?? process.env,
    });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return child;
  } finally {
    closeSync(log);
  }
}

async function endOf(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trim().slice(-1500);
}
