import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInBackground } from './background-process.js';
import { freePort } from './free-port.js';
import { endingWithUs } from './parent-death.js';
import { postgresAccount, type PostgresAccount } from './postgres-account.js';
import { postgresPrograms } from './postgres-programs.js';

const run = promisify(execFile);
const connectionsMax = 400;

export interface LocalPostgres {
  /** Connection string of the superuser, database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  /** Ends connections and shuts down cleanly. */
  stop(): Promise<void>;
}

export interface LocalPostgresOptions {
  /** Holds the cluster, its log and its password. Made when missing; data in it is kept. */
  readonly directory: string;
  /** False trades safety against a power cut for speed: for tests. A killed process loses nothing either way. */
  readonly isDurable: boolean;
  /** Taken when it is free, for a restart under the same address. */
  readonly port?: number | undefined;
  /** Told the process id as soon as there is one, long before it is ready. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
}

/** Starts a Postgres of our own on a free port of 127.0.0.1. Rejects with the log's end when it does not start. */
export async function startPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  mkdirSync(options.directory, { recursive: true });
  const account = postgresAccount([join(options.directory, 'data'), postgresPrograms().postgres]);
  await initialise(options.directory, account);
  const port = await freePort(options.port);
  const logFile = join(options.directory, 'postgres.log');
  const program = endingWithUs('INT', postgresPrograms().postgres, serverArgs(options, port));
  const server = await startInBackground({
    name: 'Postgres',
    ...account.commandLine(program.command, program.args),
    logFile,
  });
  options.onSpawn?.(server.pid);
  const isReady = async (): Promise<boolean> =>
    (await readFile(logFile, 'utf8')).includes('database system is ready to accept connections');
  await server.waitUntilReady(isReady, 60_000);
  const password = await readFile(passwordFile(options.directory), 'utf8');
  return {
    url: `postgres://postgres:${password.trim()}@127.0.0.1:${port}/postgres`,
    port,
    pid: server.pid,
    ended: server.ended,
    // SIGINT is Postgres's fast shutdown; SIGTERM would wait for every client to leave.
    stop: () => server.stop('SIGINT', 10_000),
  };
}

/** The password is written last: it says that the cluster is complete. */
async function initialise(directory: string, account: PostgresAccount): Promise<void> {
  if (existsSync(passwordFile(directory))) return;
  const data = join(directory, 'data');
  rmSync(data, { recursive: true, force: true });
  mkdirSync(join(data, 'cluster'), { recursive: true, mode: 0o700 });
  const password = randomUUID();
  writeFileSync(join(data, 'initial-password'), password, { mode: 0o600 });
  account.own(data);
  const { command, args } = account.commandLine(postgresPrograms().initdb, [
    `--pgdata=${join(data, 'cluster')}`,
    `--pwfile=${join(data, 'initial-password')}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-locale',
    '--no-sync',
  ]);
  await run(command, [...args]).catch((error: unknown) => {
    throw new Error(`Postgres could not be set up: ${saidBy(error)}`, { cause: error });
  });
  rmSync(join(data, 'initial-password'));
  writeFileSync(passwordFile(directory), password, { mode: 0o600 });
}

/** What a program wrote before it failed; its command line tells a reader less. */
function saidBy(error: unknown): string {
  const { stderr = '', message } = error as Error & { stderr?: string };
  return (stderr.trim() || message).slice(0, 500);
}

function serverArgs(options: LocalPostgresOptions, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: String(connectionsMax),
    timezone: 'UTC',
    ...(options.isDurable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', join(options.directory, 'data', 'cluster'), '-p', String(port), ...flags];
}

function passwordFile(directory: string): string {
  return join(directory, 'password');
}
