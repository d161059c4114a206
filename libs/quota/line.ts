import type { Logger } from 'pino';
import type { Clock } from '#platform/clock.js';
import { aheadMsMax } from './lease-slots.js';
import type { Moment } from './other-clock.js';

/** A call in the line. */
export interface Waiting {
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
}

export interface LineParts {
  readonly perSecond: number;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  /** Leases slots, so many ms apart; gives when the first one is. */
  readonly lease: (slots: number, everyMs: number) => Promise<Moment>;
}

/**
 * A slot may be used so late at the most. At 0.97 of the quota's pace, those of a whole quota are 1,031 ms from the first to the
 * one too many: the first may be sent so late, and be 9 ms longer under way than the last, before a second has more than the quota.
 */
const lateMsMax = 22;
const paceOfQuota = 0.97;
/** Slots are leased for so long at once, and so long before they are needed. */
const leaseMs = 250;
const aheadMs = 100;
const retryMs = 250;

/** When it may be used; monotonic. */
interface Slot {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The turn of one call. */
export interface Turn {
  /** False: it was not sent in time, and needs another turn. */
  isInTime(): boolean;
}

interface Waiter {
  admit(turn: Turn | undefined): void;
}

/** One tenant's calls in this process that wait for their slots: first come, first served. */
export class Line {
  private readonly everyMs: number;
  private readonly slotsPerLease: number;
  private readonly waiters: Waiter[] = [];
  /** The leased ones, in order. */
  private slots: Slot[] = [];
  private isLeasing = false;
  private timer: NodeJS.Timeout | undefined;
  private lastAdmittedMs = 0;
  /** Between two calls of late, while others waited. */
  private paceMs: number;

  constructor(private readonly parts: LineParts) {
    this.everyMs = 1_000 / (parts.perSecond * paceOfQuota);
    this.slotsPerLease = Math.max(1, Math.floor(leaseMs / this.everyMs));
    this.paceMs = this.everyMs;
  }

  get expectedWaitMs(): number {
    return this.waiters.length * this.paceMs;
  }

  take({ signal, timeLimitMs }: Waiting): Promise<Turn | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle = (turn: Turn | undefined): void => {
        clearTimeout(limit);
        signal.removeEventListener('abort', giveUp);
        resolve(turn);
      };
      const waiter: Waiter = { admit: settle };
      const giveUp = (): void => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        settle(undefined);
      };
      const limit = setTimeout(giveUp, timeLimitMs);
      signal.addEventListener('abort', giveUp, { once: true });
      if (this.waiters.length === 0) this.lastAdmittedMs = 0;
      this.waiters.push(waiter);
      this.serve();
    });
  }

  /** Admits who has a slot now, sees to more slots, and comes back for the next one. */
  private serve(): void {
    const now = this.parts.clock.monotonicMs();
    this.slots = this.slots.filter(({ fromMs, untilMs }) => untilMs >= now && fromMs - now <= aheadMsMax);
    while (this.waiters.length > 0 && (this.slots[0]?.fromMs ?? Infinity) <= now) {
      this.notePace(now);
      this.waiters.shift()?.admit(this.turnIn(this.slots.shift()));
    }
    if (this.needsSlots(now)) void this.leaseMore();
    clearTimeout(this.timer);
    const next = this.slots[0];
    if (this.waiters.length > 0 && next !== undefined)
      this.timer = setTimeout(
        () => {
          this.serve();
        },
        this.pauseMs(next.fromMs, now),
      );
  }

  private turnIn(slot: Slot | undefined): Turn {
    return { isInTime: () => slot !== undefined && this.parts.clock.monotonicMs() <= slot.untilMs };
  }

  private pauseMs(nextSlot: number, now: number): number {
    const wantsMore = this.waiters.length > this.slots.length && !this.isLeasing;
    const leaseAt = wantsMore ? (this.slots.at(-1)?.fromMs ?? now) - aheadMs : Infinity;
    return Math.max(Math.ceil(Math.min(nextSlot, leaseAt) - now), 0);
  }

  private needsSlots(now: number): boolean {
    if (this.isLeasing || this.waiters.length <= this.slots.length) return false;
    const last = this.slots.at(-1);
    return last === undefined || last.fromMs - now <= aheadMs;
  }

  private async leaseMore(): Promise<void> {
    this.isLeasing = true;
    try {
      const wanted = Math.min(this.waiters.length - this.slots.length, this.slotsPerLease);
      const { earliestMs, latestMs } = await this.parts.lease(wanted, this.everyMs);
      if (latestMs > earliestMs + lateMsMax)
        throw new Error(`Postgres is too far away to say to ${lateMsMax} ms when a slot begins`);
      // Whichever moment it is, the slot is used in its time.
      for (let slot = 0; slot < wanted; slot += 1) {
        const sinceFirstMs = slot * this.everyMs;
        this.slots.push({ fromMs: latestMs + sinceFirstMs, untilMs: earliestMs + sinceFirstMs + lateMsMax });
      }
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'no calls could be leased from the quota; trying again');
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    } finally {
      this.isLeasing = false;
    }
    this.serve();
  }

  /** A moving average over the last ten or so. */
  private notePace(now: number): void {
    if (this.lastAdmittedMs > 0)
      this.paceMs = Math.max(0.9 * this.paceMs + 0.1 * (now - this.lastAdmittedMs), this.everyMs);
    this.lastAdmittedMs = now;
  }
}
