import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../tools/local/project-root.js';

/** What a program wrote, and its exit code. */
export interface RanProgram {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a file of this repository with Node, as ops do: `env` is all that it knows, besides PATH. */
export async function runProgram(
  [file = '', ...args]: readonly string[],
  { env = {}, input = '' }: { env?: Readonly<Record<string, string>>; input?: string } = {},
): Promise<RanProgram> {
  const program = spawn(process.execPath, [file, ...args], {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'], ...env },
  });
  program.stdin.end(input);
  const exited = new Promise<number | null>((resolve, reject) => {
    program.on('error', reject).on('close', resolve);
  });
  const [stdout, stderr, exitCode] = await Promise.all([text(program.stdout), text(program.stderr), exited]);
  return { exitCode, stdout, stderr };
}
