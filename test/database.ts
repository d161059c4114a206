import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { projectRoot } from '../tools/local/project-root.js';
import { urlForService, type DatabaseService } from '../tools/setup/services.js';
import { waitUntil } from './wait-until.js';

/** A migrated database for one spec file. */
export interface TestDatabase {
  /** The superuser's connection string. */
  readonly url: string;
  /** The connection string of a service's own role, with only its rights. */
  urlFor(service: DatabaseService): string;
  /** The password of every service's role. */
  readonly servicePassword: string;
  /** Drops it. Rejects when the spec left connections open. */
  close(): Promise<void>;
}

const templateLock = 7_431_002;
/** Every service's role has it; roles belong to the whole cluster, so all runs on one cluster agree. */
const servicePassword = process.env['SERVICE_DATABASE_PASSWORD'] ?? 'onboarding-test';

/** Clones the migrated template; the first caller makes it, under a lock. Needs DATABASE_URL of a superuser. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const admin = new pg.Client({ connectionString: adminUrl(), application_name: 'onboarding-test-admin' });
  await admin.connect();
  try {
    const name = `onboarding_test_${randomBytes(6).toString('hex')}`;
    await admin.query('SELECT pg_advisory_lock($1)', [templateLock]);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${await ensureTemplate(admin)}`);
    await admin.query('SELECT pg_advisory_unlock($1)', [templateLock]);
    const url = urlOf(name);
    return {
      url,
      servicePassword,
      urlFor: (service) => urlForService(url, service, servicePassword),
      close: () => dropWithLeakCheck(name),
    };
  } finally {
    await admin.end();
  }
}

async function ensureTemplate(admin: pg.Client): Promise<string> {
  const template = `onboarding_template_${hashOfMigrations()}`;
  const { rows } = await admin.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE datname LIKE 'onboarding\\_template\\_%'",
  );
  if (rows.some(({ datname }) => datname === template)) return template;
  for (const { datname } of rows) await admin.query(`DROP DATABASE ${datname} WITH (FORCE)`);
  const unfinished = template.replace('template', 'unfinished');
  await admin.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${unfinished}`);
  const { setUpDatabase } = await import('../tools/setup/database.js');
  await setUpDatabase(urlOf(unfinished), servicePassword);
  await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
  return template;
}

/** Over the files, not the classes: so a spec need not load every service's migrations to know that all is current. */
function hashOfMigrations(): string {
  const hash = createHash('sha256').update(servicePassword);
  const folders = ['libs/stage', 'libs/vault', 'apps/gateway', 'apps/tracker'].map(
    (path) => `${path}/migrations`,
  );
  for (const folder of [...folders, 'tools/setup']) {
    for (const file of filesIn(join(projectRoot, folder))) hash.update(readFileSync(file));
  }
  for (const file of filesIn(join(projectRoot, 'libs/vault')).filter((path) => path.endsWith('grants.ts'))) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

async function dropWithLeakCheck(name: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl(), application_name: 'onboarding-test-admin' });
  await admin.connect();
  try {
    const open = async (): Promise<string[]> => {
      const { rows } = await admin.query<{ who: string }>(
        "SELECT usename || ': ' || left(query, 80) AS who FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'",
        [name],
      );
      return rows.map(({ who }) => who);
    };
    // A client's goodbye takes Postgres a moment to notice.
    const isClosed = await waitUntil(
      'connections to close',
      async () => (await open()).length === 0,
      2_000,
    ).catch(() => false);
    const leaks = isClosed ? [] : await open();
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    if (leaks.length > 0) throw new Error(`The spec left connections open: ${leaks.join(' | ')}`);
  } finally {
    await admin.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function adminUrl(): string {
  const url = process.env['DATABASE_URL'];
  if (url === undefined)
    throw new Error('DATABASE_URL is not set: run the spec through Jest, which starts a database.');
  return url;
}
