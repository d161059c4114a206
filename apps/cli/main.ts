import { setTimeout as wait } from 'node:timers/promises';
import { run } from './run.js';

/** Runs `onboard` as a process of its own. `root` is the repository's folder. Sets the exit code; Ctrl-C ends waiting. */
export async function main(root: string): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
  });
  // A reader such as `head` that has gone is no failure.
  process.stdout.on('error', () => process.exit(0));
  process.exitCode = await run(process.argv.slice(2), {
    env: process.env,
    root,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY,
    stopped: stop.signal,
    wait: (ms) => wait(ms, undefined, { signal: stop.signal }).catch(() => undefined),
    monotonicMs: () => performance.now(),
  });
}
