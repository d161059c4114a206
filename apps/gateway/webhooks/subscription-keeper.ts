import type { KeyObject } from 'node:crypto';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { FinhubFailure } from '#finhub-client/failure.js';
import type { Subscription, WebhookCalls } from '#finhub-client/webhooks.js';
import { documentedEvents, subscribedEvents } from './webhook-delivery.js';
import { webhookSecretOf, webhookUrlOf } from './webhook-secret.js';

/** What a keeper works with. */
export interface KeeperParts {
  readonly finhub: {
    tenantIds(): string[];
    tenant(tenantId: string): WebhookCalls;
    close(): Promise<void>;
  };
  /** Where FinHub reaches the gateway. */
  readonly publicUrl: string;
  readonly hashKey: KeyObject;
  readonly pool: Pool;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

const checkIntervalMs = 5 * 60_000;
/** Any fixed number; who has the lock looks after the subscriptions. */
const advisoryLock = 7_431_010;

/**
 * Keeps one subscription per tenant at FinHub that names this gateway and our events, as many as FinHub has: made once, made
 * again when it is gone or says something else. Looks at start and every five minutes; of several replicas one at a time.
 */
export class SubscriptionKeeper {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly parts: KeeperParts) {}

  start(): void {
    void this.keepOn();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.parts.finhub.close();
  }

  /** Looks at every tenant once. A tenant whose FinHub does not answer is left for the next time and keeps nobody up. */
  async keep(): Promise<void> {
    for (const tenantId of this.parts.finhub.tenantIds()) {
      try {
        await this.exclusively(() => this.repair(tenantId));
      } catch (error) {
        this.parts.logger.warn({ tenantId, error }, "could not look after the tenant's webhook subscription");
      }
    }
  }

  private async repair(tenantId: string): Promise<void> {
    const { publicUrl, hashKey, logger, finhub } = this.parts;
    const calls = finhub.tenant(tenantId);
    const url = webhookUrlOf(publicUrl, hashKey, tenantId);
    const ours = (await calls.subscriptions()).filter(
      (found) => withoutQuery(found.url) === withoutQuery(url),
    );
    const right = ours.filter((found) => found.url === url && isSubscribed(found));
    // By the order of ids every replica keeps the same one.
    const kept = right.map(({ subscriptionId }) => subscriptionId).sort()[0];
    if (kept === undefined) {
      const secret = webhookSecretOf(hashKey, tenantId);
      await subscribe(calls, { url, secret });
      logger.info({ tenantId }, 'subscribed to the webhooks of FinHub');
    }
    for (const { subscriptionId } of ours)
      if (subscriptionId !== kept) await calls.deleteSubscription(subscriptionId);
  }

  /** One replica at a time; the others have nothing to do then. The lock goes with its connection. */
  private async exclusively(work: () => Promise<void>): Promise<void> {
    const client = await this.parts.pool.connect();
    let isBroken = true;
    try {
      const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [
        advisoryLock,
      ]);
      if (rows[0]?.mine === true) {
        await work().finally(() => client.query('select pg_advisory_unlock($1)', [advisoryLock]));
      }
      isBroken = false;
    } finally {
      client.release(isBroken);
    }
  }

  private async keepOn(): Promise<void> {
    await this.keep();
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.keepOn(), checkIntervalMs);
  }
}

/** A FinHub that does not know the assumed events may refuse them (400) or leave them out: it gets the documented ones then. */
async function subscribe(calls: WebhookCalls, at: { url: string; secret: string }): Promise<void> {
  try {
    await calls.createSubscription({ ...at, events: subscribedEvents });
  } catch (error) {
    if (!(error instanceof FinhubFailure) || error.code !== 'validation_failed') throw error;
    await calls.createSubscription({ ...at, events: documentedEvents });
  }
}

/** Which of the assumed events FinHub took is its own affair: without them waits end by looking. */
function isSubscribed({ events }: Subscription): boolean {
  return documentedEvents.every((event) => events.includes(event));
}

function withoutQuery(url: string): string {
  return url.split('?')[0] ?? url;
}
