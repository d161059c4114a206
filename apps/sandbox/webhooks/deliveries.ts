import { createHmac, randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { CLOCK, type Clock } from '#platform/clock.js';
import { Schedule } from '../state/schedule.js';
import { State } from '../state/state.js';
import type { Delivery, Subscription, WebhookEvent } from './subscription.js';
import { backoffMs } from './subscription.rules.js';

const keptMax = 10_000;
const underWayMax = 32;
const timeLimitMs = 10_000;
const responseBodyMaxCharacters = 1_000;

/**
 * Sends events, signed over the raw body, until a 2xx or until the attempts are used up (c.6.1, U25). What is not done is in
 * the state from the tick of its event on: a restarted sandbox goes on with it, with its attempts so far. What was taken but
 * not yet noted when the sandbox was killed is delivered again.
 */
@Injectable()
export class Deliveries implements OnApplicationShutdown {
  private readonly kept = new Map<string, Delivery>();
  /** The ids of what is due. */
  private readonly waiting: string[] = [];
  private readonly agent = new Agent({ connections: underWayMax, connect: { timeout: timeLimitMs } });
  private underWay = 0;
  private isStopped = false;

  constructor(
    private readonly state: State,
    private readonly schedule: Schedule,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    for (const { delivery, dueAt } of state.deliveries.all()) {
      this.keep(delivery);
      this.releaseAfter(dueAt - this.nowMs(), delivery.deliveryId);
    }
  }

  /** Delivers after `delayMs`, at once without it. */
  send(subscription: Subscription, event: WebhookEvent, delayMs = 0): void {
    const id = this.hold(subscription, event, delayMs);
    if (delayMs === 0) this.release(id);
    else this.releaseAfter(delayMs, id);
  }

  /** Writes a delivery down, to be released by its id; a restarted sandbox releases it itself, once `holdMs` are over. */
  hold(subscription: Subscription, event: WebhookEvent, holdMs: number): string {
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
    const { attemptsMax, backoffSeconds } = subscription;
    const dueAt = this.nowMs() + holdMs;
    this.state.deliveries.put(delivery.deliveryId, { delivery, attemptsMax, backoffSeconds, dueAt });
    this.keep(delivery);
    return delivery.deliveryId;
  }

  release(id: string): void {
    this.waiting.push(id);
    this.pump();
  }

  get(id: string): Delivery | undefined {
    return this.kept.get(id);
  }

  /** Of all subscriptions the newest 10,000 since the start are kept; those of this one, oldest first. */
  of(subscriptionId: string): Delivery[] {
    return [...this.kept.values()].filter((delivery) => delivery.subscriptionId === subscriptionId);
  }

  forget(): void {
    this.kept.clear();
    this.waiting.length = 0;
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.forget();
    await this.agent.destroy();
  }

  private keep(delivery: Delivery): void {
    this.kept.set(delivery.deliveryId, delivery);
    if (this.kept.size > keptMax) this.kept.delete(this.kept.keys().next().value ?? '');
  }

  private pump(): void {
    while (this.underWay < underWayMax) {
      const id = this.waiting.shift();
      if (id === undefined) return;
      this.underWay += 1;
      void this.attempt(id).finally(() => {
        this.underWay -= 1;
        this.pump();
      });
    }
  }

  private async attempt(id: string): Promise<void> {
    const pending = this.state.deliveries.get(id);
    if (!pending) return;
    const { delivery } = pending;
    const attemptNumber = delivery.attempts.length + 1;
    const timestamp = this.clock.now().toISOString();
    const startedMs = this.clock.monotonicMs();
    const responseCode = await this.post(delivery);
    if (this.isStopped || !this.state.deliveries.get(id)) return;
    const success = responseCode !== undefined && responseCode >= 200 && responseCode < 300;
    delivery.responseTime = Math.round(this.clock.monotonicMs() - startedMs);
    delivery.attempts.push({
      attemptNumber,
      timestamp,
      ...(responseCode === undefined ? {} : { responseCode }),
      success,
    });
    const waitMs = success ? undefined : backoffMs(pending, attemptNumber);
    if (waitMs === undefined) {
      delivery.status = success ? 'DELIVERED' : 'FAILED';
      this.state.deliveries.delete(id);
      return;
    }
    delivery.status = 'RETRYING';
    this.state.deliveries.put(id, { ...pending, dueAt: this.nowMs() + waitMs });
    this.releaseAfter(waitMs, id);
  }

  private releaseAfter(delayMs: number, id: string): void {
    this.schedule.after(delayMs, () => {
      this.release(id);
    });
  }

  /** The status of the answer; nothing where none came. A redirect is not followed. */
  private async post(delivery: Delivery): Promise<number | undefined> {
    try {
      const response = await request(delivery.url, {
        method: 'POST',
        headers: delivery.requestHeaders,
        body: JSON.stringify(delivery.payload),
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

  private nowMs(): number {
    return this.clock.now().getTime();
  }
}

/** `sha256=` and the hex HMAC-SHA256 of the raw body with the secret (U25). */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
