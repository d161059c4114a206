import type { Client } from 'pg';
import type { Admin } from 'kafkajs';
import { StartError } from '#platform/fatal.js';
import { knownUntil, reconcileSchema, type Reconciled } from './restored-schema.js';
import type { Told } from './told.js';

/** A stage as the command finds it in Postgres and Kafka. */
export interface RestoredStage {
  /** As its events name it. */
  readonly stage: string;
  readonly schema: string;
  readonly role: string;
  readonly groupId: string;
}

export interface ReconcileParts {
  /** Of a role that may write every stage's schema. */
  readonly client: Client;
  readonly admin: Admin;
  readonly stages: readonly RestoredStage[];
  readonly told: Told;
}

/**
 * Brings the stages of a restored database up to what the topics tell, has everything else looked up at FinHub before it is
 * called, and has all topics read again. Throws {@link StartError}, and changes nothing, while a stage runs. Running it again
 * comes to the same.
 */
export async function reconcile({ client, admin, stages, told }: ReconcileParts): Promise<Reconciled[]> {
  await refuseRunningStages({ client, admin, stages });
  const since = await knownUntil(
    client,
    stages.map(({ schema }) => schema),
  );
  const reconciled: Reconciled[] = [];
  await client.query('BEGIN');
  for (const { stage, schema } of stages)
    reconciled.push(await reconcileSchema(client, schema, { told: told.runsOf(stage), since }));
  await client.query('COMMIT');
  await forgetOffsets(admin, stages);
  return reconciled;
}

/** Topics are to be asked only when nobody adds to them any more. */
export async function refuseRunningStages({
  client,
  admin,
  stages,
}: Omit<ReconcileParts, 'told'>): Promise<void> {
  const { rows } = await client.query<{ role: string }>(
    'SELECT DISTINCT usename AS role FROM pg_stat_activity WHERE datname = current_database() AND usename = ANY($1)',
    [stages.map(({ role }) => role)],
  );
  const { groups } = await admin.describeGroups(stages.map(({ groupId }) => groupId));
  const running = [
    ...rows.map(({ role }) => `${role} is connected to Postgres`),
    ...groups
      .filter(({ members }) => members.length > 0)
      .map(({ groupId, members }) => `${groupId} has ${members.length} members at Kafka`),
  ];
  if (running.length > 0)
    throw new StartError(`stages are running, stop them all first: ${running.join(', ')}`);
}

/** Without committed offsets a stage reads its topics from the beginning: what it has stored already changes nothing. */
async function forgetOffsets(admin: Admin, stages: readonly RestoredStage[]): Promise<void> {
  const { groups } = await admin.listGroups();
  const known = stages
    .map(({ groupId }) => groupId)
    .filter((groupId) => groups.some((group) => group.groupId === groupId));
  if (known.length > 0) await admin.deleteGroups(known);
}
