import type { MigrationInterface } from 'typeorm';
import { migrations as ofQuota } from '#quota/migrations/index.js';
import { migrations as ofStage } from '#stage/migrations/index.js';
import { migrations as ofVault } from '#vault/migrations/index.js';
import { migrations as ofGateway } from '../../apps/gateway/migrations/index.js';
import { migrations as ofTracker } from '../../apps/tracker/migrations/index.js';
import { stageServices } from './services.js';

/** A list of migration classes. */
export type Migrations = readonly (new () => MigrationInterface)[];

const ofStages = stageServices.map((stage) => [stage, ofStage] as const);

/** Every schema of the system, with its migrations, oldest first. */
export const migrationsOfSchema: ReadonlyMap<string, Migrations> = new Map<string, Migrations>([
  ...ofStages,
  ['vault', ofVault],
  ['quota', ofQuota],
  ['gateway', ofGateway],
  ['tracker', ofTracker],
]);
