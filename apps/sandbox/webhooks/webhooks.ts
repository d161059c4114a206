import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import type { Fault } from '../faults/fault.js';
import { Faults } from '../faults/faults.js';
import { SETTINGS, type SandboxSettings } from '../sandbox.settings.js';
import { Schedule } from '../state/schedule.js';
import { State } from '../state/state.js';
import { Deliveries } from './deliveries.js';
import { assumedEvents, type EventType, type Subscription, type WebhookEvent } from './subscription.js';

const defaultHoldMs = 1_000;
/** Two deliveries go out on two connections: without a gap the held one could still win. */
const disorderGapMs = 50;

/**
 * Tells subscribers what happened, bent by the faults for `webhook:<event type>`. What is to be delivered, now or later, is in
 * the state in the tick of the effect.
 */
@Injectable()
export class Webhooks {
  /** The ids of deliveries that the fault `disorder` holds back, per subscription. */
  private readonly held = new Map<string, string[]>();

  constructor(
    private readonly state: State,
    private readonly deliveries: Deliveries,
    private readonly faults: Faults,
    private readonly schedule: Schedule,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: SandboxSettings,
  ) {}

  emit(tenantId: string, type: EventType, data: Readonly<Record<string, string>>): void {
    const isAssumed = (assumedEvents as readonly string[]).includes(type);
    if (isAssumed && this.settings.SANDBOX_SWITCHES.includes('documented-events-only')) return;
    const subscribers = [...this.state.subscriptions.all()].filter(
      (subscription) => subscription.tenantId === tenantId && subscription.events.includes(type),
    );
    if (subscribers.length === 0) return;
    const timestamp = this.clock.now().toISOString();
    const event: WebhookEvent = { id: `evt_${randomUUID()}`, type, timestamp, data };
    for (const subscriber of subscribers) this.send(subscriber, event);
  }

  forget(): void {
    this.held.clear();
  }

  private send(subscription: Subscription, event: WebhookEvent): void {
    const fault = this.faultFor(subscription, event);
    switch (fault?.kind) {
      case 'drop':
        return;
      case 'delay':
        this.deliveries.send(subscription, event, fault.delayMs ?? defaultHoldMs);
        return;
      case 'disorder':
        this.hold(subscription, event, fault.delayMs ?? defaultHoldMs);
        return;
      case 'duplicate':
        this.deliveries.send(subscription, event);
        break;
      default:
    }
    this.deliveries.send(subscription, event);
    if (this.held.has(subscription.id)) this.releaseAfter(disorderGapMs, subscription);
  }

  private faultFor({ tenantId }: Subscription, { type, data }: WebhookEvent): Fault | undefined {
    const applicant = this.state.customers.get(data['customerId'] ?? '')?.email.toLowerCase();
    return this.faults.take({ operation: `webhook:${type}`, route: '', tenantId, applicant });
  }

  private hold(subscription: Subscription, event: WebhookEvent, holdMs: number): void {
    const id = this.deliveries.hold(subscription, event, holdMs);
    this.held.set(subscription.id, [...(this.held.get(subscription.id) ?? []), id]);
    this.releaseAfter(holdMs, subscription);
  }

  private releaseAfter(delayMs: number, subscription: Subscription): void {
    this.schedule.after(delayMs, () => {
      const ids = this.held.get(subscription.id) ?? [];
      this.held.delete(subscription.id);
      for (const id of ids) this.deliveries.release(id);
    });
  }
}
