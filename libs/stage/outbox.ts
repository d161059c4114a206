import type pg from 'pg';
import type { Logger } from 'pino';
import { RecordTooLarge, type Publisher } from './kafka-producer.js';
import type { OutboxRow } from './journal.js';
import { claimOutboxSql, leftInOutboxSql, removePublishedSql } from './sql/publish-outbox.js';

const sweepIntervalMs = 2_000;
const sweepRowsMax = 500;

/**
 * Publishes committed events straight from memory, in the order of their commits, and removes them once Kafka has
 * acknowledged them. A sweeper publishes what a crash has left. So an event is published at least once, and only if the
 * state that it tells of is committed.
 */
export class Outbox {
  private readonly underWay = new Set<string>();
  private published: string[] = [];
  private isRemoving = false;
  private isSweeping = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: pg.Pool,
    private readonly publisher: Pick<Publisher, 'publish'>,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.sweep(), sweepIntervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Events committed here and not yet acknowledged by Kafka. */
  get backlog(): number {
    return this.underWay.size;
  }

  /** Takes rows that are committed; returns at once. */
  publish(rows: readonly OutboxRow[]): void {
    const own = rows.filter((row) => !this.underWay.has(row.eventId));
    for (const row of own) {
      this.underWay.add(row.eventId);
      void this.send(row).finally(() => this.underWay.delete(row.eventId));
    }
  }

  /** Before a new owner of onboardings adds events: those that the former owners left go first. */
  async publishLeft(onboardingIds: readonly string[]): Promise<void> {
    const left = await this.pool.query<OutboxRow>(leftInOutboxSql, [onboardingIds]);
    this.publish(left.rows);
  }

  private async send(row: OutboxRow): Promise<void> {
    try {
      await this.publisher.publish([
        { topic: row.topic, key: row.onboardingId, value: row.value, headers: row.headers },
      ]);
      this.published.push(row.eventId);
      if (!this.isRemoving) await this.removePublished();
    } catch (error) {
      // Stopped: the row is still there for the sweeper. Too large: an alarm, for it would never leave.
      if (error instanceof RecordTooLarge)
        this.logger.error(
          { err: error, eventId: row.eventId, alarm: 'event_too_large' },
          'an event cannot be published',
        );
    }
  }

  private async removePublished(): Promise<void> {
    this.isRemoving = true;
    await new Promise((resolve) => setImmediate(resolve));
    while (this.published.length > 0) {
      const ids = this.published.splice(0);
      // Not removed, they are published once more by the sweeper, with the same ids.
      await this.pool.query(removePublishedSql, [ids]).catch((error: unknown) => {
        this.logger.warn(
          { err: error, rows: ids.length },
          'published events could not be removed from the outbox',
        );
      });
    }
    this.isRemoving = false;
  }

  private async sweep(): Promise<void> {
    if (this.isSweeping) return;
    this.isSweeping = true;
    try {
      const claimed = await this.pool.query<OutboxRow & { position: string }>(claimOutboxSql, [sweepRowsMax]);
      this.publish(claimed.rows.sort((a, b) => Number(a.position) - Number(b.position)));
    } catch (error) {
      this.logger.warn({ err: error }, 'the outbox could not be swept; trying again');
    }
    this.isSweeping = false;
  }
}
