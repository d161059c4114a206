import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { DataSource, MigrationExecutor } from 'typeorm';
import { connectOnce, dataSourceOptions } from '#platform/database.js';
import { vaultGrantsOf, vaultServices } from '#vault/grants.js';
import { migrationsOfSchema, type Migrations } from './schemas.js';
import { refuseOtherPasswords, servicesWithRole } from './role-passwords.js';
import { databaseServices, roleOf, type DatabaseService } from './services.js';

/** Any fixed number: two set-ups of one database wait for each other. */
const setUpLock = 7_431_001;
const applicationName = 'onboarding-setup';
/**
 * SQLSTATEs of what passes: a lock that was waited for in vain; a role that another database's set-up makes or changes at the
 * same moment (roles belong to the whole cluster).
 */
const inUse: readonly unknown[] = ['55P03', 'XX000', '23505', '42710'];

/** An index over a large table takes its time; nobody waits for it. */
const statementTimeoutMs = 3_600_000;

/** How a set-up goes about tables that are in use. */
export interface SetUpOptions {
  /**
   * A migration that waits for a table makes all who come after it wait too: it gives up after this long, and is tried again
   * when the services have had their turn; 2,000.
   */
  readonly lockTimeoutMs?: number;
  readonly pauseMs?: number;
  /** The last error is thrown after as many; 60. */
  readonly triesMax?: number;
  readonly say?: (line: string) => void;
  /**
   * True where nobody chose the password: roles that are there already keep theirs, and where theirs is another one a sentence
   * is thrown before anything is changed.
   */
  readonly isPasswordGenerated?: boolean;
}

/**
 * Brings a database to the current state: roles, schemas, migrations, grants. Running it again changes nothing, and two at
 * once take turns. `url` must name a role that may create roles and schemas; `servicePassword` becomes the password of every
 * service's role, where `isPasswordGenerated` is true only of those that it makes.
 */
export async function setUpDatabase(
  url: string,
  servicePassword: string,
  options: SetUpOptions = {},
): Promise<{ migrationsRun: number }> {
  const client = await connectOnce(url, { applicationName, schema: 'public', statementTimeoutMs });
  try {
    await client.query('SELECT pg_advisory_lock($1)', [setUpLock]);
    await untilUnlocked('the roles', options, async () => {
      const known = await servicesWithRole(client);
      if (options.isPasswordGenerated === true)
        await refuseOtherPasswords(known, { url, password: servicePassword, applicationName });
      else await changePasswords(client, servicePassword, known);
      await createRoles(client, servicePassword, known);
    });
    let migrationsRun = 0;
    for (const [schema, migrations] of migrationsOfSchema) {
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      migrationsRun += await migrate({ url, schema, migrations }, options);
    }
    await grantOwnSchemas(client);
    for (const service of vaultServices) await client.query(vaultGrantsOf(service));
    await grantQuota(client);
    return { migrationsRun };
  } finally {
    await client.end();
  }
}

async function changePasswords(
  client: pg.Client,
  password: string,
  services: readonly DatabaseService[],
): Promise<void> {
  const secret = client.escapeLiteral(password);
  for (const service of services) await client.query(`ALTER ROLE ${roleOf(service)} PASSWORD ${secret}`);
}

/** A new role has its password from its first moment on. */
async function createRoles(
  client: pg.Client,
  password: string,
  known: readonly DatabaseService[],
): Promise<void> {
  const secret = client.escapeLiteral(password);
  for (const service of databaseServices) {
    const role = roleOf(service);
    if (!known.includes(service)) await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${secret}`);
    await client.query(`ALTER ROLE ${role} SET search_path = ${service}`);
  }
}

/** One schema and what is to be run in it. */
export interface SchemaMigrations {
  readonly url: string;
  readonly schema: string;
  readonly migrations: Migrations;
}

/** Runs what has not run yet, and says how many. Each schema has its own list; statements without a schema's name go to it. */
export async function migrate(
  { url, schema, migrations }: SchemaMigrations,
  options: SetUpOptions = {},
): Promise<number> {
  const lockTimeoutMs = options.lockTimeoutMs ?? 2_000;
  const limits = { applicationName, max: 2, statementTimeoutMs, lockTimeoutMs };
  const source = new DataSource(dataSourceOptions({ url, schema, entities: [], migrations, ...limits }));
  await source.initialize();
  try {
    const pending = await new MigrationExecutor(source).getPendingMigrations();
    await untilUnlocked(`schema ${schema}`, options, () => source.runMigrations({ transaction: 'each' }));
    return pending.length;
  } finally {
    await source.destroy();
  }
}

/** All that call FinHub share its quota. */
async function grantQuota(client: pg.Client): Promise<void> {
  for (const service of vaultServices) {
    await client.query(`GRANT USAGE ON SCHEMA quota TO ${roleOf(service)}`);
    await client.query(`GRANT SELECT, INSERT, UPDATE ON quota.pace TO ${roleOf(service)}`);
  }
}

async function untilUnlocked(
  what: string,
  { triesMax = 60, pauseMs = 2_000, say = () => undefined }: SetUpOptions,
  work: () => Promise<unknown>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (!inUse.includes(code) || tries >= triesMax) throw error;
      if (tries === 1) say(`Setting up ${what} waits for others, and is tried again.`);
      await delay(pauseMs);
    }
  }
}

/** A service reads and writes the rows of its own schema, and sees no other. */
async function grantOwnSchemas(client: pg.Client): Promise<void> {
  for (const service of databaseServices) {
    const role = roleOf(service);
    await client.query(`GRANT USAGE ON SCHEMA ${service} TO ${role}`);
    await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${service} TO ${role}`);
    await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${service} TO ${role}`);
    await client.query(`REVOKE ALL ON TABLE ${service}.migrations FROM ${role}`);
  }
}
