import type pg from 'pg';
import { connectOnce } from '#platform/database.js';
import { StartError } from '#platform/fatal.js';
import { databaseServices, roleOf, urlForService, type DatabaseService } from './services.js';

/** SQLSTATEs of a login that Postgres refuses. */
const refused: readonly unknown[] = ['28P01', '28000'];

/** The services whose roles are there already. Roles belong to the whole cluster: another database's set-up may have made them. */
export async function servicesWithRole(client: pg.Client): Promise<DatabaseService[]> {
  const { rows } = await client.query<{ rolname: string }>(
    'SELECT rolname FROM pg_roles WHERE rolname = ANY($1)',
    [databaseServices.map(roleOf)],
  );
  return databaseServices.filter((service) => rows.some(({ rolname }) => rolname === roleOf(service)));
}

/** Throws a sentence where one of the services' roles cannot log in with that password. Changes nothing. */
export async function refuseOtherPasswords(
  services: readonly DatabaseService[],
  { url, password, applicationName }: { url: string; password: string; applicationName: string },
): Promise<void> {
  for (const service of services) {
    try {
      const own = await connectOnce(urlForService(url, service, password), {
        applicationName,
        schema: service,
      });
      await own.end();
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (refused.includes(code)) throw otherPassword(roleOf(service));
      // It has logged in: the right to this database is still to be given.
      if (code !== '42501') throw error;
    }
  }
}

function otherPassword(role: string): Error {
  return new StartError(
    `Postgres has the role ${role} already, with another password than ours, and a new one would lock out who uses it: set SERVICE_DATABASE_PASSWORD to the password of the roles onboarding_*, or to the one that they are to get`,
  );
}
