import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import type pg from 'pg';
import { StartError } from '#platform/fatal.js';

/** Records of a partition that the group has committed, and of which the database knows nothing: `from` to before `to`. */
interface Unknown {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

export interface OlderDatabaseParts {
  readonly kafka: Kafka;
  readonly pool: pg.Pool;
  /** The consumer group of the stage, or of who else stores what it reads. */
  readonly groupId: string;
  /** Asks for how far each partition is stored: `topic`, `partition`, `next_offset`. As stages note it unless told. */
  readonly stored?: pg.QueryConfig;
}

const storedByStage: pg.QueryConfig = { text: 'SELECT topic, partition, next_offset FROM stored_offset' };

const lookIntervalMs = 100;
/** About a minute. */
const looksMax = 600;

/**
 * Throws {@link StartError} where the database is older than it was: restored from a backup, or a standby that had not all
 * of it. Offsets move only after what was read is stored, so a committed record that is not stored tells it. Whoever went on
 * would do again what is forgotten; `npm run reconcile` makes it safe. A new database, which knows of no offset, passes.
 */
export async function refuseOlderDatabase({
  kafka,
  pool,
  groupId,
  stored = storedByStage,
}: OlderDatabaseParts): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const unknown = await unknownTo(admin, { pool, groupId, stored });
    if (unknown.length === 0) return;
    const record = await firstRecord({ kafka, admin, groupId }, unknown);
    if (record === undefined) return;
    throw new StartError(
      `the database is older than it was: it does not know of ${record}, which has been worked on. ` +
        'It was restored from a backup, or lost its latest commits. Run `npm run reconcile` before the stages go on (docs/operations.md)',
    );
  } finally {
    await admin.disconnect();
  }
}

/** Kafka first: what is committed by then is stored by the time Postgres is asked. */
async function unknownTo(
  admin: Admin,
  { pool, groupId, stored: storedQuery }: Required<Omit<OlderDatabaseParts, 'kafka'>>,
): Promise<Unknown[]> {
  const committed = await committedBy(admin, groupId);
  const { rows } = await pool.query<{ topic: string; partition: number; next_offset: string }>(storedQuery);
  // Made anew, or by a version that noted none.
  if (rows.length === 0) return [];
  const stored = new Map(rows.map((row) => [nameOf(row), Number(row.next_offset)]));
  return committed
    .map(({ at, ...place }) => ({ ...place, from: stored.get(nameOf(place)) ?? 0, to: at }))
    .filter(({ from, to }) => to > from);
}

/** How far a group has committed each partition; -1: not at all. */
async function committedBy(
  admin: Admin,
  groupId: string,
): Promise<{ topic: string; partition: number; at: number }[]> {
  const topics = await offsetsOf(admin, groupId);
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({ topic, partition, at: Number(offset) })),
  );
}

/** This alone kafkajs does not try again by itself, e.g. while the group's coordinator moves. */
async function offsetsOf(admin: Admin, groupId: string): ReturnType<Admin['fetchOffsets']> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await admin.fetchOffsets({ groupId });
    } catch (error) {
      const isPassing = error instanceof kafkajs.KafkaJSError && error.retriable;
      if (!isPassing || looks >= looksMax) throw error;
      await delay(lookIntervalMs);
    }
  }
}

function nameOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}-${partition}`;
}

/**
 * Offsets also move past what is no record, e.g. the mark that ends a producer's transaction: so it is read. Undefined when
 * there is none, or retention has taken it.
 */
async function firstRecord(
  { kafka, admin, groupId }: { readonly kafka: Kafka; readonly admin: Admin; readonly groupId: string },
  unknown: readonly Unknown[],
): Promise<string | undefined> {
  const reader = `${groupId}-look-${randomUUID()}`;
  const unread = await readable(admin, unknown);
  if (unread.length === 0) return undefined;
  for (const { topic, partition, from } of unread)
    await admin.setOffsets({
      groupId: reader,
      topic,
      partitions: [{ partition, offset: String(from) }],
    });
  let found: string | undefined;
  const consumer = kafka.consumer({ groupId: reader, readUncommitted: true, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...new Set(unread.map(({ topic }) => topic))] });
    await consumer.run({
      autoCommitThreshold: 1,
      eachMessage: ({ topic, partition, message: { offset } }) => {
        const name = nameOf({ topic, partition });
        const isUnknown = unread.some((each) => nameOf(each) === name && Number(offset) < each.to);
        if (isUnknown) found ??= `${name} at offset ${offset}`;
        return Promise.resolve();
      },
    });
    while (found === undefined && !(await isPast(admin, reader, unread))) await delay(lookIntervalMs);
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([reader]).catch(() => undefined);
  }
  return found;
}

/** What retention has left of it. */
async function readable(admin: Admin, unknown: readonly Unknown[]): Promise<Unknown[]> {
  const left: Unknown[] = [];
  for (const each of unknown) {
    const offsets = await admin.fetchTopicOffsets(each.topic);
    const low = Number(offsets.find(({ partition }) => partition === each.partition)?.low ?? each.to);
    if (low < each.to) left.push({ ...each, from: Math.max(low, each.from) });
  }
  return left;
}

async function isPast(admin: Admin, groupId: string, unknown: readonly Unknown[]): Promise<boolean> {
  const committed = new Map((await committedBy(admin, groupId)).map((each) => [nameOf(each), each.at]));
  return unknown.every((each) => (committed.get(nameOf(each)) ?? -1) >= each.to);
}
