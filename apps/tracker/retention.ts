import type { Clock } from '#platform/clock.js';
import type { OutgoingRecord } from '#stage/kafka-producer.js';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { asTenant, everyTenant } from './database.js';
import { Repeating } from './repeating.js';
import type { Topics } from './topics.js';

export interface RetentionParts {
  readonly pool: Pool;
  readonly publish: (records: readonly OutgoingRecord[]) => Promise<void>;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Days after which what is settled is forgotten. */
  readonly keptDays: number;
}

const pauseMs = 60_000;
const rowsMax = 1_000;
const dayMs = 24 * 3_600_000;

/**
 * How the tracker's tables shrink. An onboarding goes, with its events and a tombstone on the state topic, some time after
 * it was settled; one that is under way never does. Dead letters, and events that belong to no onboarding, go by their age.
 * Rows of a retired generation go at once; the newest number stays, so that no later generation gets it again.
 */
export class Retention {
  private readonly loop: Repeating;

  constructor(private readonly parts: RetentionParts) {
    this.loop = new Repeating({
      name: 'forgetting what is old',
      pauseMs,
      logger: parts.logger,
      run: () => this.sweep(),
    });
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** Does all that is due, in bounded bites. */
  async sweep(): Promise<void> {
    await this.untilNothingIsLeft((client) => removeRetired(client));
    const before = new Date(this.parts.clock.now().getTime() - this.parts.keptDays * dayMs);
    await this.untilNothingIsLeft((client) => this.forgetSettled(client, before));
    await this.untilNothingIsLeft((client) => forgetOrphans(client, before));
    await this.untilNothingIsLeft((client) => forgetDeadLetters(client, before));
  }

  private async untilNothingIsLeft(bite: (client: PoolClient) => Promise<number>): Promise<void> {
    let removed: number;
    do removed = await asTenant(this.parts.pool, everyTenant, bite);
    while (removed > 0 && !this.loop.isStopped);
  }

  /** The tombstones come first: what a crash leaves is taken up again, and a second tombstone does no harm. */
  private async forgetSettled(client: PoolClient, before: Date): Promise<number> {
    const { rows } = await client.query<{ id: string }>(settled, [before, rowsMax]);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return 0;
    const topic = this.parts.topics.state;
    await this.parts.publish(ids.map((key) => ({ topic, key, value: null })));
    await client.query(removeEvents, [ids]);
    await client.query(removeOnboardings, [ids]);
    return ids.length;
  }
}

import { liveGeneration as live } from './sql/live-generation.js';
const settled = `
  SELECT onboarding_id AS id FROM onboarding WHERE generation = ${live} AND settled_at < $1
  ORDER BY settled_at LIMIT $2 FOR UPDATE SKIP LOCKED
`;
const removeEvents = `DELETE FROM event WHERE generation = ${live} AND onboarding_id = ANY ($1::uuid[])`;
const removeOnboardings = `DELETE FROM onboarding WHERE generation = ${live} AND onboarding_id = ANY ($1::uuid[])`;

async function removeRetired(client: PoolClient): Promise<number> {
  let removed = 0;
  for (const table of ['event', 'onboarding', 'dead_letter', 'position']) {
    const { rowCount } = await client.query(
      `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM ${table} WHERE generation IN (SELECT number FROM generation WHERE state = 'retired')
         LIMIT ${rowsMax}))`,
    );
    removed += rowCount ?? 0;
  }
  if (removed === 0)
    await client.query(
      `DELETE FROM generation WHERE state = 'retired' AND number < (SELECT max(number) FROM generation)`,
    );
  return removed;
}

/** Commands, and what was said to them, for what is not known here: an id mistyped, or what retention has taken. */
async function forgetOrphans(client: PoolClient, before: Date): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM event WHERE ctid = ANY (ARRAY(
       SELECT e.ctid FROM event e WHERE e.generation = ${live} AND e.command_id IS NOT NULL AND e.at < $1
         AND NOT EXISTS (SELECT FROM onboarding o
           WHERE o.generation = e.generation AND o.onboarding_id = e.onboarding_id)
       LIMIT $2))`,
    [before, rowsMax],
  );
  return rowCount ?? 0;
}

async function forgetDeadLetters(client: PoolClient, before: Date): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM dead_letter WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM dead_letter WHERE generation = ${live} AND at < $1 ORDER BY at LIMIT $2))`,
    [before, rowsMax],
  );
  return rowCount ?? 0;
}
