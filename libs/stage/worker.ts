import type pg from 'pg';
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock.js';
import type { Executor } from './executor.js';
import type { Started } from './inbox.js';
import type { Outbox } from './outbox.js';
import type { Places } from './places.js';
import { prune } from './prune.js';
import { Run, type RunRow } from './run.js';
import { claimRunsSql, countDueSql, releaseRunsSql } from './sql/claim-runs.js';
import { announceMissedCommandsSql } from './sql/store-batch.js';
import type { StageSettings } from './stage-options.js';

export interface WorkerParts {
  readonly pool: pg.Pool;
  readonly executor: Executor;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: StageSettings;
  readonly places: Places;
  /** This process's name on leases. */
  readonly owner: string;
  /** Too much is unfinished, or no longer. */
  readonly onBackPressure: (isTooMuch: boolean) => void;
}

const housekeepingMs = 5_000;
const pruneMs = 3_600_000;
/** Days for which a finished onboarding is remembered: longer than any topic's retention (90), so that a re-read of the topics revives nobody. */
export const memoryDays = 120;

/**
 * Holds a bounded number of onboardings at a time: those that the inbox starts, and those that it claims because they are
 * due. Everything that waits is in Postgres; this process forgets it.
 */
export class Worker {
  private readonly running = new Set<Promise<void>>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly tasks = new Set<Promise<void>>();
  private isStopped = false;
  private isUnderPressure = false;

  constructor(private readonly parts: WorkerParts) {}

  start(): void {
    const { settings } = this.parts;
    this.every(settings.claimIntervalMs, () => this.claim());
    this.every(housekeepingMs, () => this.weighBacklog());
    this.every(housekeepingMs, () => this.announceMissedCommands());
    this.every(pruneMs, () => prune(this.parts.pool, memoryDays, () => this.isStopped));
  }

  get inFlight(): number {
    return this.running.size;
  }

  /** Takes a place for an onboarding that the inbox is about to store; false: it is stored for whoever claims it. */
  takePlace(tenantId: string): boolean {
    return !this.isStopped && this.parts.places.take(tenantId);
  }

  /** Starts what the inbox has stored under our lease; each has its place. */
  startStored(started: readonly Started[], readAtMs: number): void {
    for (const arrival of started) this.startRun(rowOf(arrival), readAtMs);
  }

  /** Finishes or gives back what is under way, within the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.isStopped = true;
    for (const timer of this.timers) clearInterval(timer);
    // A claim that is under way leases rows; they are given back with the others.
    const finished = Promise.all([...this.running, ...this.tasks]);
    await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, deadlineMs).unref())]);
    await this.parts.pool.query(releaseRunsSql, [this.parts.owner]).catch((error: unknown) => {
      this.parts.logger.warn(
        { err: error },
        'the leases could not be given back; they run out by themselves',
      );
    });
  }

  private every(intervalMs: number, task: () => Promise<void>): void {
    let isUnderWay = false;
    const run = async (): Promise<void> => {
      // Behind a long lock each more would take one more connection.
      if (isUnderWay) return;
      isUnderWay = true;
      const tried = task().catch((error: unknown) => {
        this.parts.logger.warn({ err: error }, 'the database does not answer; trying again');
      });
      this.tasks.add(tried);
      await tried;
      this.tasks.delete(tried);
      isUnderWay = false;
    };
    this.timers.push(setInterval(() => void run(), intervalMs));
  }

  private async claim(): Promise<void> {
    if (!this.isStopped) await this.claimDue();
  }

  /** What the inbox stores meanwhile may overdraw the places for a moment: both count on what is free now. */
  private async claimDue(): Promise<void> {
    const { pool, settings, owner, outbox, clock, places } = this.parts;
    const { free, ofOthers, ofTenant } = places.shares();
    if (free <= 0) return;
    const readAtMs = clock.monotonicMs();
    const values = [free, ofOthers, owner, settings.leaseMs, JSON.stringify(ofTenant)];
    const claimed = await pool.query<RunRow>(claimRunsSql, values);
    if (claimed.rows.length === 0 || this.isStopped) return;
    for (const row of claimed.rows) places.add(row.event.tenantId);
    try {
      await outbox.publishLeft(claimed.rows.map((row) => row.onboardingId));
    } catch (error) {
      // Their leases run out by themselves.
      for (const row of claimed.rows) places.giveBack(row.event.tenantId);
      throw error;
    }
    for (const row of claimed.rows) this.startRun(row, readAtMs);
  }

  private startRun(row: RunRow, readAtMs: number): void {
    const { executor, clock, settings, places } = this.parts;
    const running = executor.execute(new Run(row, clock, { readAtMs, leaseMs: settings.leaseMs }));
    this.running.add(running);
    void running.then(() => {
      this.running.delete(running);
      places.giveBack(row.event.tenantId);
    });
  }

  private async announceMissedCommands(): Promise<void> {
    await this.parts.pool.query(announceMissedCommandsSql);
  }

  private async weighBacklog(): Promise<void> {
    const { pool, settings } = this.parts;
    const { rows } = await pool.query<{ due: number }>(countDueSql, [settings.unfinishedMax]);
    const due = rows[0]?.due ?? 0;
    if (!this.isUnderPressure && due >= settings.unfinishedMax) this.setPressure(true);
    if (this.isUnderPressure && due < settings.unfinishedMax / 2) this.setPressure(false);
  }

  private setPressure(isTooMuch: boolean): void {
    this.isUnderPressure = isTooMuch;
    this.parts.onBackPressure(isTooMuch);
  }
}

/** The row as the inbox has just written it. */
export function rowOf({ event, traceparent, hasCommands, databaseNow }: Started): RunRow {
  return {
    onboardingId: event.onboardingId,
    event,
    traceparent,
    state: 'active',
    results: {},
    openStep: null,
    intentAt: null,
    settlesInMs: 0,
    lookFirstSince: null,
    sequence: 0,
    toldEnd: null,
    attempt: 1,
    replayOf: null,
    signals: [],
    parked: null,
    answered: [],
    leaseToken: '1',
    hasCommands,
    databaseNow,
  };
}
