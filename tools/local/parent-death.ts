import { spawnSync } from 'node:child_process';

/**
 * A command line whose process is sent `signal` when we die, also by kill -9: the kernel does that, where it is Linux and
 * has `setpriv`. Elsewhere the next run finds what is left, by its run record.
 */
export function endingWithUs(
  signal: 'INT' | 'TERM' | 'KILL',
  command: string,
  args: readonly string[],
): { command: string; args: readonly string[] } {
  if (!hasSetpriv()) return { command, args };
  return { command: 'setpriv', args: ['--pdeathsig', signal, '--', command, ...args] };
}

let isKnown: boolean | undefined;

function hasSetpriv(): boolean {
  isKnown ??=
    process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'clear', '--', 'true']).status === 0;
  return isKnown;
}
