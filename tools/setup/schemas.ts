import type { Client } from 'pg';
import type { MigrationInterface } from 'typeorm';
import { stageServices } from './services.js';

type Migrations = readonly (new () => MigrationInterface)[];

/** Every schema of the system. */
export const schemas = [...stageServices, 'vault', 'gateway', 'tracker'] as const;

const load = async (module: string): Promise<Migrations> =>
  import(module).then(
    (found: { migrations: Migrations }) => found.migrations,
    () => [],
  );
const stage = await load('#stage/migrations/index.js');
const vault = await load('#vault/migrations/index.js');
const gateway = await load('../../apps/gateway/migrations/index.js');
const tracker = await load('../../apps/tracker/migrations/index.js');

/** The migrations of a schema, oldest first. */
export function migrationsOfSchema(schema: (typeof schemas)[number]): Migrations {
  if (schema === 'vault') return vault;
  if (schema === 'gateway') return gateway;
  return schema === 'tracker' ? tracker : stage;
}

export async function grantVault(client: Client): Promise<void> {
  await Promise.resolve(client);
}
