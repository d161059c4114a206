import type { Logger } from 'pino';
import type { Clock } from '#platform/clock.js';
import { withSpan } from '#platform/tracing.js';
import type { Publisher } from '#stage/kafka-producer.js';
import type { Vault } from '#vault/vault.js';
import type { GatewayRecords } from '../publishing/gateway-records.js';
import type { WebhookEventStore } from '../webhooks/webhook-event-store.js';
import type { Unpublished, UnpublishedStore } from './unpublished-store.js';

/** What the sweeper works with. */
export interface SweeperParts {
  readonly unpublished: UnpublishedStore;
  readonly webhookEvents: Pick<WebhookEventStore, 'forgetOld'>;
  readonly vault: Pick<Vault, 'forTenant'>;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly records: GatewayRecords;
  readonly clock: Clock;
  readonly logger: Logger;
}

const rowsPerSweep = 100;
const sweepIntervalMs = 5_000;
/** No admission takes this long: what is not admitted by then never will be. */
const admissionTimeLimitMs = 10 * 60_000;

/**
 * Publishes what a crash, or Kafka's absence, left in the outbox. It waits for Kafka as long as it takes, one sweep at a
 * time, and leaves alone what a live HTTP call still holds.
 */
export class UnpublishedSweeper {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly parts: SweeperParts) {}

  start(): void {
    this.schedule();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  /** One sweep: publishes what it can claim and gives how many events those were. */
  async sweep(): Promise<number> {
    await this.parts.webhookEvents.forgetOld();
    const rows = await this.parts.unpublished.claim(rowsPerSweep);
    const published = await Promise.all(rows.map((row) => this.publish(row)));
    return published.filter(Boolean).length;
  }

  private async publish(row: Unpublished): Promise<boolean> {
    const { vault, records, publisher, unpublished, clock } = this.parts;
    const admission = await vault.forTenant(row.tenantId).admissionById(row.onboardingId);
    if (admission === undefined) {
      const isAbandoned = clock.now().getTime() - row.createdAt.getTime() > admissionTimeLimitMs;
      if (isAbandoned) await unpublished.remove(row.tenantId, row.id);
      return false;
    }
    await withSpan('publish what was left', { parentTraceparent: row.traceparent ?? undefined }, () =>
      publisher.publish([records.requested(admission, admission.admittedAt)]),
    );
    await unpublished.removeAll(row);
    return true;
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.sweep()
        .catch((error: unknown) => {
          this.parts.logger.warn({ error }, 'a sweep of unpublished onboardings failed; trying on');
        })
        .finally(() => {
          this.schedule();
        });
    }, sweepIntervalMs);
  }
}
