import type { Logger } from 'pino';
import type { Clock } from '#platform/clock.js';
import { withLogContext } from '#platform/log-context.js';
import { withSpan } from '#platform/tracing.js';
import type { Publisher } from '#stage/kafka-producer.js';
import type { AdmissionRecord } from '#vault/admission.js';
import type { Vault } from '#vault/vault.js';
import { namesOf, type GatewayRecords } from '../publishing/gateway-records.js';
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

  /**
   * One sweep: publishes what it can claim and gives how many events those were. It asks Postgres for one row at a time, so
   * that HTTP calls find a connection also when much was left.
   */
  async sweep(): Promise<number> {
    const { webhookEvents, unpublished } = this.parts;
    await webhookEvents.forgetOld();
    const admitted: { row: Unpublished; admission: AdmissionRecord }[] = [];
    for (const row of await unpublished.claim(rowsPerSweep)) {
      const admission = await this.admissionOf(row);
      if (admission !== undefined) admitted.push({ row, admission });
    }
    await Promise.all(admitted.map((each) => this.publish(each)));
    for (const { row } of admitted) await unpublished.removeAll(row);
    return admitted.length;
  }

  private async admissionOf(row: Unpublished): Promise<AdmissionRecord | undefined> {
    const { vault, unpublished, clock } = this.parts;
    const admission = await vault.forTenant(row.tenantId).admissionById(row.onboardingId);
    if (admission !== undefined) return admission;
    const isAbandoned = clock.now().getTime() - row.createdAt.getTime() > admissionTimeLimitMs;
    if (isAbandoned) await unpublished.remove(row.tenantId, row.id);
    return undefined;
  }

  private publish({ row, admission }: { row: Unpublished; admission: AdmissionRecord }): Promise<void> {
    const { records, publisher, logger } = this.parts;
    const span = { parentTraceparent: row.traceparent ?? undefined };
    const work = async (): Promise<void> => {
      await publisher.publish([records.requested(admission, admission.admittedAt)]);
      logger.info('published what a call had left');
    };
    return withLogContext(namesOf(row.onboardingId), () => withSpan('publish what was left', span, work));
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
