import { setTimeout as delay } from 'node:timers/promises';
import { Client, Pool, type ClientBase, type PoolConfig } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { StartError } from './fatal.js';

/** How a pool of connections behaves. */
export interface PoolOptions {
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** The schema of the service: names without a schema mean it. */
  readonly schema: string;
  /** Connections held at most; 10. */
  readonly max?: number;
  /** A statement is cancelled after this long, and given up five seconds later if Postgres does not say so; 30,000. */
  readonly statementTimeoutMs?: number;
  /** A statement is cancelled when it has waited this long for a lock; by default only with its own time limit. */
  readonly lockTimeoutMs?: number;
  /** Awaited for each new connection before it is used; a connection for which it rejects is closed. */
  readonly onConnect?: (client: ClientBase) => Promise<void>;
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  readonly onError?: (error: Error) => void;
}

/**
 * A pool for the service's own schema. A transaction that idles for ten seconds is ended by Postgres, so that a stuck
 * process holds no row. `connect` and `query` reject after five seconds without a connection. The only place that makes
 * connections: none is without time limits.
 */
export function createPool(url: string, options: PoolOptions): Pool {
  const { onConnect } = options;
  const pool = new Pool({
    connectionString: url,
    ...connectionOptions(options),
    ...(onConnect === undefined ? {} : { verify: verifiedBy(onConnect) }),
  });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on('error', options.onError ?? (() => undefined));
  return pool;
}

function verifiedBy(onConnect: NonNullable<PoolOptions['onConnect']>): NonNullable<PoolConfig['verify']> {
  return (client, done) => {
    onConnect(client).then(() => {
      done();
    }, done);
  };
}

/** How long after its time limit a statement's answer is waited for. */
const unansweredMs = 5_000;

/** A single connection outside of any pool, with the limits of one; it is connected, `end` it when done. */
export async function connectOnce(url: string, options: PoolOptions): Promise<Client> {
  const client = new Client({ connectionString: url, ...connectionOptions(options) });
  // Without a listener, a connection that breaks while idle would end the process: the next statement tells.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function connectionOptions(options: PoolOptions): PoolConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  return {
    application_name: options.applicationName,
    options: `-c search_path=${checkedSchema(options.schema)}`,
    max: options.max ?? 10,
    statement_timeout: statementTimeoutMs,
    // A connection that is cut without a word is noticed by this alone.
    query_timeout: statementTimeoutMs + unansweredMs,
    ...(options.lockTimeoutMs === undefined ? {} : { lock_timeout: options.lockTimeoutMs }),
    idle_in_transaction_session_timeout: 10_000,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  };
}

/** What TypeORM needs: entities and migrations as classes, its bookkeeping in the service's own schema. */
export interface DataSourceParts extends PoolOptions {
  readonly url: string;
  readonly entities: readonly (abstract new (...args: never[]) => object)[];
  readonly migrations: readonly (abstract new (...args: never[]) => object)[];
}

/** Options of a TypeORM data source over the service's own schema. It never synchronizes; `tools/setup` runs migrations. */
export function dataSourceOptions(parts: DataSourceParts): DataSourceOptions {
  const { max, ...extra } = connectionOptions(parts);
  return {
    type: 'postgres',
    url: parts.url,
    schema: parts.schema,
    entities: [...parts.entities] as never[],
    migrations: [...parts.migrations] as never[],
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    poolSize: max,
    extra,
  } as DataSourceOptions;
}

/** Tools of {@link waitForDatabase}. */
export interface WaitOptions {
  readonly signal: AbortSignal;
  /** Told once, when the first try failed. */
  readonly onWaiting: (sentence: string) => void;
  readonly pauseMs?: number;
}

/**
 * Resolves once Postgres takes a connection; tries until then, or until `signal` aborts (and throws its reason). Throws
 * {@link StartError} at once for what waiting does not mend: a wrong password, an unknown role or database.
 */
export async function waitForDatabase(url: string, options: WaitOptions): Promise<void> {
  let hasSaid = false;
  for (;;) {
    options.signal.throwIfAborted();
    const failure = await tryToConnect(url);
    if (failure === undefined) return;
    const remedy = databaseRemedyFor(failure);
    if (remedy) throw new StartError(remedy);
    if (!hasSaid)
      options.onWaiting(
        `waiting for Postgres at ${addressOf(url)} (${codeOf(failure)}): start it, or set DATABASE_URL to where it is`,
      );
    hasSaid = true;
    await delay(options.pauseMs ?? 500, undefined, { signal: options.signal });
  }
}

async function tryToConnect(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * What to do about an error that Postgres answers for good, as a sentence; undefined for everything else (refused, starting
 * up, too many connections), which may pass.
 */
export function databaseRemedyFor(failure: unknown): string | undefined {
  switch (codeOf(failure)) {
    case '28P01':
    case '28000':
      return 'Postgres refuses the user or password of DATABASE_URL: put the right ones into it';
    case '3D000':
      return 'the database that DATABASE_URL names does not exist: create it, or name another';
    case '42501':
      return 'the role of DATABASE_URL may not connect to its database: run the set-up, or grant it CONNECT';
    default:
      return undefined;
  }
}

function codeOf(failure: unknown): string {
  const code = (failure as { code?: unknown }).code;
  return typeof code === 'string' ? code : 'no answer';
}

function addressOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '5432'}`;
}

/** The schema goes into a connection option, where nothing can be quoted. */
function checkedSchema(schema: string): string {
  if (!/^[a-z_][a-z0-9_]*$/u.test(schema))
    throw new StartError(`"${schema}" is no name for a schema: use a-z, 0-9, _`);
  return schema;
}
