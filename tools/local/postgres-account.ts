import { execFileSync } from 'node:child_process';
import { chownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How a Postgres program is started: Postgres refuses to run as root, so root gives it another account. */
export interface PostgresAccount {
  /** Puts what the account needs before the program's own command line. */
  commandLine(program: string, args: readonly string[]): { command: string; args: readonly string[] };
  /** Makes a directory with all that is in it the account's own. */
  own(directory: string): void;
}

/** The account for programs and data at these places: ours, or for root `postgres`, else `nobody`. */
export function postgresAccount(places: readonly string[]): PostgresAccount {
  if (process.getuid?.() !== 0)
    return { commandLine: (command, args) => ({ command, args }), own: () => undefined };
  const { uid, gid } = idsOf('postgres') ?? idsOf('nobody') ?? missingAccount();
  const become = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups', ...passage(places), '--'];
  return {
    commandLine: (program, args) => ({ command: 'setpriv', args: [...become, program, ...args] }),
    own: (path) => {
      giveTo(path, { uid, gid });
    },
  };
}

/**
 * Root's checkout often lies below a folder that nobody else may enter (`/root`, a `mktemp -d`). Postgres then gets the one
 * capability that lets it pass, instead of data somewhere else or wider permissions on the user's own. The secure bit
 * makes access(2) respect it, by which Postgres looks for its programs: else that drops what a user who is not root has.
 */
function passage(places: readonly string[]): string[] {
  if (places.every(canOthersEnter)) return [];
  const capability = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  return [...capability, '--securebits', '+no_setuid_fixup'];
}

function canOthersEnter(directory: string): boolean {
  const parent = dirname(directory);
  if (parent === directory) return true;
  return (statSync(parent).mode & 0o001) !== 0 && canOthersEnter(parent);
}

function idsOf(user: string): { uid: number; gid: number } | undefined {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function missingAccount(): never {
  throw new Error(
    'Postgres cannot run as root and this machine has no account `postgres` or `nobody`: start as another user, or set DATABASE_URL.',
  );
}

function giveTo(path: string, ids: { uid: number; gid: number }): void {
  chownSync(path, ids.uid, ids.gid);
  for (const name of readdirSync(path)) {
    const child = join(path, name);
    const about = lstatSync(child);
    if (about.isDirectory()) giveTo(child, ids);
    else if (about.isFile()) chownSync(child, ids.uid, ids.gid);
  }
}
