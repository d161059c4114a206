import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** A server that runs beside us in a process group of its own, so that Ctrl-C in the terminal reaches only us. */
export interface BackgroundProcess {
  readonly pid: number;
  /** Asks with `signal`, and kills when it is still there after `timeLimitMs`. Resolves when it is gone. */
  stop(signal: NodeJS.Signals, timeLimitMs: number): Promise<void>;
  /** Resolves once `isReady` answers true; rejects with the log's end when the process ends first or time runs out. */
  waitUntilReady(isReady: () => Promise<boolean>, timeLimitMs: number): Promise<void>;
}

/** What to run; its output goes to `logFile`, which starts empty. */
export interface BackgroundCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Starts a server. Throws when the program cannot be started at all. */
export async function startInBackground(what: BackgroundCommand): Promise<BackgroundProcess> {
  const child = await spawnWithLog(what);
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      hasEnded = true;
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    async stop(signal, timeLimitMs) {
      if (hasEnded) return;
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), timeLimitMs);
      await ended;
      clearTimeout(timer);
    },
    async waitUntilReady(isReady, timeLimitMs) {
      const deadline = performance.now() + timeLimitMs;
      while (!(await isReady())) {
        if (hasEnded) throw new Error(`${what.name} ended while starting: ${await endOf(what.logFile)}`);
        if (performance.now() > deadline) {
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
  const log = openSync(what.logFile, 'w', 0o600);
  try {
    const child = spawn(what.command, what.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: what.env ?? process.env,
      ...(what.uid === undefined ? {} : { uid: what.uid }),
      ...(what.gid === undefined ? {} : { gid: what.gid }),
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
