import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '#platform/database.js';
import { vaultGrantsOf, vaultServices } from '#vault/grants.js';
import { migrationsOfSchema, type Migrations } from './schemas.js';
import { databaseServices, roleOf } from './services.js';

/** Any fixed number: two set-ups of one database wait for each other. */
const setUpLock = 7_431_001;

/**
 * Brings a database to the current state: roles, schemas, migrations, grants. Running it again changes nothing. `url` must name
 * a role that may create roles and schemas; `servicePassword` becomes the password of every service's role.
 */
export async function setUpDatabase(
  url: string,
  servicePassword: string,
): Promise<{ migrationsRun: number }> {
  const client = new pg.Client({ connectionString: url, application_name: 'onboarding-setup' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [setUpLock]);
    await createRoles(client, servicePassword);
    let migrationsRun = 0;
    for (const [schema, migrations] of migrationsOfSchema) {
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      migrationsRun += await migrate(url, schema, migrations);
    }
    await grantOwnSchemas(client);
    for (const service of vaultServices) await client.query(vaultGrantsOf(service));
    await grantQuota(client);
    return { migrationsRun };
  } finally {
    await client.end();
  }
}

async function createRoles(client: pg.Client, password: string): Promise<void> {
  const secret = client.escapeLiteral(password);
  for (const service of databaseServices) {
    const role = roleOf(service);
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
    if (rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN`);
    await client.query(`ALTER ROLE ${role} PASSWORD ${secret}`);
    await client.query(`ALTER ROLE ${role} SET search_path = ${service}`);
  }
}

/** Each schema has its own list of what ran; statements without a schema's name go to it. */
async function migrate(url: string, schema: string, migrations: Migrations): Promise<number> {
  const applicationName = 'onboarding-setup';
  const source = new DataSource(
    dataSourceOptions({ url, schema, entities: [], migrations, applicationName, max: 2 }),
  );
  await source.initialize();
  try {
    return (await source.runMigrations({ transaction: 'each' })).length;
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
