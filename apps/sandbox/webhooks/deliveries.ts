import { createHmac, randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { CLOCK, type Clock } from '#platform/clock.js';
import { Schedule } from '../state/schedule.js';
import type { Delivery, Subscription, WebhookEvent } from './subscription.js';
import { backoffMs } from './subscription.rules.js';

const keptMax = 10_000;
const underWayMax = 32;
const timeLimitMs = 10_000;
const responseBodyMaxCharacters = 1_000;

interface Job {
  readonly delivery: Delivery;
  readonly subscription: Subscription;
  readonly body: string;
}

/** Sends events, signed over the raw body, until a 2xx or until the attempts are used up (c.6.1, U25). */
@Injectable()
export class Deliveries implements OnApplicationShutdown {
  private readonly kept = new Map<string, Delivery>();
  private readonly waiting: Job[] = [];
  private readonly agent = new Agent({ connections: underWayMax, connect: { timeout: timeLimitMs } });
  private underWay = 0;

  constructor(
    private readonly schedule: Schedule,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  send(subscription: Subscription, event: WebhookEvent): void {
    const body = JSON.stringify(event);
    const delivery: Delivery = {
      deliveryId: randomUUID(),
      subscriptionId: subscription.id,
      eventId: event.id,
      eventType: event.type,
      url: subscription.url,
      status: 'PENDING',
      payload: event,
      requestHeaders: {
        'content-type': 'application/json',
        'user-agent': 'FinHub-Webhooks/2.1',
        'x-finhub-signature': signatureOf(body, subscription.secret),
      },
      attempts: [],
    };
    this.keep(delivery);
    this.waiting.push({ delivery, subscription, body });
    this.pump();
  }

  get(id: string): Delivery | undefined {
    return this.kept.get(id);
  }

  /** The newest 10,000 of all subscriptions are kept; those of this one, oldest first. */
  of(subscriptionId: string): Delivery[] {
    return [...this.kept.values()].filter((delivery) => delivery.subscriptionId === subscriptionId);
  }

  forget(): void {
    this.kept.clear();
    this.waiting.length = 0;
  }

  async onApplicationShutdown(): Promise<void> {
    this.forget();
    await this.agent.destroy();
  }

  private keep(delivery: Delivery): void {
    this.kept.set(delivery.deliveryId, delivery);
    if (this.kept.size > keptMax) this.kept.delete(this.kept.keys().next().value ?? '');
  }

  private pump(): void {
    while (this.underWay < underWayMax) {
      const job = this.waiting.shift();
      if (!job) return;
      this.underWay += 1;
      void this.attempt(job).finally(() => {
        this.underWay -= 1;
        this.pump();
      });
    }
  }

  private async attempt(job: Job): Promise<void> {
    const { delivery, subscription } = job;
    const attemptNumber = delivery.attempts.length + 1;
    const timestamp = this.clock.now().toISOString();
    const startedMs = this.clock.monotonicMs();
    const responseCode = await this.post(job);
    const success = responseCode !== undefined && responseCode >= 200 && responseCode < 300;
    delivery.responseTime = Math.round(this.clock.monotonicMs() - startedMs);
    delivery.attempts.push({
      attemptNumber,
      timestamp,
      ...(responseCode === undefined ? {} : { responseCode }),
      success,
    });
    const waitMs = success ? undefined : backoffMs(subscription, attemptNumber);
    if (waitMs === undefined) {
      delivery.status = success ? 'DELIVERED' : 'FAILED';
      return;
    }
    delivery.status = 'RETRYING';
    this.schedule.after(waitMs, () => {
      this.waiting.push(job);
      this.pump();
    });
  }

  /** The status of the answer; nothing where none came. A redirect is not followed. */
  private async post({ delivery, body }: Job): Promise<number | undefined> {
    try {
      const response = await request(delivery.url, {
        method: 'POST',
        headers: delivery.requestHeaders,
        body,
        dispatcher: this.agent,
        headersTimeout: timeLimitMs,
        bodyTimeout: timeLimitMs,
      });
      delivery.responseCode = response.statusCode;
      delivery.responseBody = (await response.body.text()).slice(0, responseBodyMaxCharacters);
      return response.statusCode;
    } catch {
      return undefined;
    }
  }
}

/** `sha256=` and the hex HMAC-SHA256 of the raw body with the secret (U25). */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
