import type pg from 'pg';
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock.js';
import { Line, type Turn, type Waiting } from './line.js';
import { leaseSlotsSql, type Leased } from './lease-slots.js';
import { OtherClock, type Moment } from './other-clock.js';

/** Of a tenant without a quota. */
const anyTime: Turn = { isInTime: () => true };

export interface QuotaParts {
  /** Of a role that may use the schema `quota`. */
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  /** Calls a second, of each tenant that has a quota. */
  readonly perSecond: ReadonlyMap<string, number>;
}

/**
 * Keeps each tenant's calls to FinHub within its quota, all processes together: calls get slots, evenly apart, which a process
 * leases some at a time from one row in Postgres. In no second of a process's own clock do all of them send more than the
 * quota; a slot that cannot be used within 22 ms is given up, and so are all where Postgres is further away than that. The
 * client sends a call that has missed two of them in its third in any case. While Postgres is away no slots are leased, and
 * calls wait.
 */
export class Quota {
  private readonly lines: ReadonlyMap<string, Line>;

  constructor({ pool, clock, logger, perSecond }: QuotaParts) {
    const postgresClock = new OtherClock();
    this.lines = new Map(
      [...perSecond].map(([tenantId, rate]) => {
        const lease = async (slots: number, everyMs: number): Promise<Moment> => {
          const askedAtMs = clock.monotonicMs();
          const { rows } = await pool.query<Leased>(leaseSlotsSql, [tenantId, slots, everyMs]);
          const [leased] = rows;
          if (leased === undefined) throw new Error('Postgres leased nothing');
          postgresClock.note(leased.nowMs, { askedAtMs, answeredAtMs: clock.monotonicMs() });
          return postgresClock.momentOf(leased.firstAtMs);
        };
        return [tenantId, new Line({ perSecond: rate, clock, logger, lease })] as const;
      }),
    );
  }

  /**
   * Resolves when it is the turn of one call of the tenant's, which must be sent while it is in time. Undefined: the call was
   * given up, or its time limit has passed, before it was its turn.
   */
  take(tenantId: string, waiting: Waiting): Promise<Turn | undefined> {
    return this.lines.get(tenantId)?.take(waiting) ?? Promise.resolve(anyTime);
  }

  /** How long a call that comes now would wait, by the pace of late; 0 for a tenant without a quota. */
  expectedWaitMs(tenantId: string): number {
    return this.lines.get(tenantId)?.expectedWaitMs ?? 0;
  }
}
