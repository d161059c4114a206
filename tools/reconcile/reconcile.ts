import type { Client } from 'pg';
import type { Admin } from 'kafkajs';
import { StartError } from '#platform/fatal.js';
import { roleOf } from '../setup/services.js';
import { knownUntil, reconcileSchema, type Reconciled } from './restored-schema.js';
import type { Told } from './told.js';

/** Who reads the topics into Postgres, as the command finds it there and at Kafka. */
interface RestoredReader {
  readonly role: string;
  readonly groupId: string;
}

export interface RestoredStage extends RestoredReader {
  /** As its events name it. */
  readonly stage: string;
  readonly schema: string;
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
 * called, and has all topics read again, by the tracker too. Throws {@link StartError}, and changes nothing, while one of them
 * runs. Running it again comes to the same.
 */
export async function reconcile({ client, admin, stages, told }: ReconcileParts): Promise<Reconciled[]> {
  await refuseRunning({ client, admin, stages });
  const since = await knownUntil(
    client,
    stages.map(({ schema }) => schema),
  );
  const reconciled: Reconciled[] = [];
  await client.query('BEGIN');
  for (const { stage, schema } of stages)
    reconciled.push(await reconcileSchema(client, schema, { told: told.runsOf(stage), since }));
  await client.query('COMMIT');
  await forgetOffsets(admin, await readersOf(client, stages));
  return reconciled;
}

/** Topics are to be asked only when nobody adds to them any more. */
export async function refuseRunning({ client, admin, stages }: Omit<ReconcileParts, 'told'>): Promise<void> {
  const readers = await readersOf(client, stages);
  const { rows } = await client.query<{ role: string }>(
    'SELECT DISTINCT usename AS role FROM pg_stat_activity WHERE datname = current_database() AND usename = ANY($1)',
    [readers.map(({ role }) => role)],
  );
  const { groups } = await admin.describeGroups(readers.map(({ groupId }) => groupId));
  const running = [
    ...rows.map(({ role }) => `${role} is connected to Postgres`),
    ...groups
      .filter(({ members }) => members.length > 0)
      .map(({ groupId, members }) => `${groupId} has ${members.length} members at Kafka`),
  ];
  if (running.length > 0)
    throw new StartError(`stages or the tracker are running, stop them all first: ${running.join(', ')}`);
}

/** The stages, and the tracker with a group for each generation of its read model. */
async function readersOf(client: Client, stages: readonly RestoredStage[]): Promise<RestoredReader[]> {
  const { rows } = await client.query<{ groupId: string }>(
    `SELECT group_id AS "groupId" FROM tracker.generation WHERE state <> 'retired'`,
  );
  return [...stages, ...rows.map(({ groupId }) => ({ role: roleOf('tracker'), groupId }))];
}

/** Without committed offsets they read their topics from the beginning: what they have stored already changes nothing. */
async function forgetOffsets(admin: Admin, readers: readonly RestoredReader[]): Promise<void> {
  const { groups } = await admin.listGroups();
  const known = readers
    .map(({ groupId }) => groupId)
    .filter((groupId) => groups.some((group) => group.groupId === groupId));
  if (known.length > 0) await admin.deleteGroups(known);
}
