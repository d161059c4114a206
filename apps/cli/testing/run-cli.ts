import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../run.js';
import type { Surroundings } from '../surroundings.js';

/** What a command line said, and its exit code. */
export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs command lines in a folder of their own; waiting costs no time, but counts. */
export class CliUnderTest {
  readonly root = mkdtempSync(join(tmpdir(), 'onboard-cli-'));
  /** How long each wait was meant to be, in milliseconds. */
  readonly waits: number[] = [];

  constructor(private readonly env: Readonly<Record<string, string>>) {}

  async run(args: readonly string[], changed: Partial<Surroundings> = {}): Promise<Ran> {
    let out = '';
    let err = '';
    const exitCode = await run(args, {
      env: this.env,
      root: this.root,
      out: (text) => (out += text),
      err: (text) => (err += text),
      isTerminal: false,
      stopped: new AbortController().signal,
      wait: (ms) => {
        this.waits.push(ms);
        return Promise.resolve();
      },
      monotonicMs: () => this.waits.reduce((sum, ms) => sum + ms, 0),
      ...changed,
    });
    return { exitCode, out, err };
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
