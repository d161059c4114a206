import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { asTenant, everyTenant } from './database.js';
import type { LogRange } from './log-ranges.js';
import { openGenerations, type Generation } from './sql/open-generations.js';
import { countMissing } from './sql/count-missing.js';

/**
 * The generations of the read model. One is live: answers come from it. A rebuild fills another one from the beginning
 * of the topics, with a consumer group of its own, and takes its place when it has everything that the live one has.
 */
export class Generations {
  constructor(private readonly pool: Pool) {}

  /** The live one and, during a rebuild, the one that is being built. */
  open(): Promise<readonly Generation[]> {
    return openGenerations(this.pool);
  }

  /** A new database has its first generation live from the start: there is nothing better to show. */
  async ensureLive(): Promise<void> {
    await this.pool.query(
      `INSERT INTO generation (number, group_id, state) SELECT 1, $1, 'live'
       WHERE NOT EXISTS (SELECT FROM generation) ON CONFLICT DO NOTHING`,
      [groupOf()],
    );
  }

  /** Begins a rebuild, or gives the one that is under way. */
  async startRebuild(): Promise<Generation> {
    await this.pool.query(
      `INSERT INTO generation (number, group_id, state) SELECT max(number) + 1, $1, 'building' FROM generation
       ON CONFLICT DO NOTHING`,
      [groupOf()],
    );
    const building = (await this.open()).find(({ state }) => state === 'building');
    // It can be live already where there was next to nothing to read.
    return building ?? (await this.live());
  }

  /** Gives up a rebuild; its rows go with the next sweep. */
  async abandonRebuild(): Promise<void> {
    await this.pool.query(`UPDATE generation SET state = 'retired' WHERE state = 'building'`);
  }

  /** Records that the generation still has to read, as of what Postgres has stored of it. */
  behind(generation: number, ranges: readonly LogRange[]): Promise<number> {
    return countMissing(this.pool, { generation, ranges });
  }

  /**
   * Makes the building generation live, in one step for all who read, if it has stored every record that the live one has;
   * else changes nothing and gives false. What is being written to either is waited for.
   */
  async switchTo(building: number, ranges: readonly LogRange[]): Promise<boolean> {
    return asTenant(this.pool, everyTenant, async (client) => {
      await client.query(`SELECT FROM generation WHERE state <> 'retired' ORDER BY number FOR UPDATE`);
      const live = (await openGenerations(client)).find(({ state }) => state === 'live');
      const missing = await countMissing(client, { generation: building, ranges, asMuchAs: live?.number });
      if (missing > 0) return false;
      await client.query(
        `UPDATE generation SET state = 'retired' WHERE state = 'live'
           AND EXISTS (SELECT FROM generation WHERE number = $1 AND state = 'building')`,
        [building],
      );
      const { rowCount } = await client.query(
        `UPDATE generation SET state = 'live', switched_at = now() WHERE number = $1 AND state = 'building'`,
        [building],
      );
      return rowCount === 1;
    });
  }

  private async live(): Promise<Generation> {
    const live = (await this.open()).find(({ state }) => state === 'live');
    if (live === undefined) throw new Error('no generation is live: the tracker has never started here');
    return live;
  }
}

/** Of this database and generation alone: a group that another database had would have moved past what is missing here. */
function groupOf(): string {
  return `onboarding-tracker-${randomUUID()}`;
}
