import { randomBytes, randomUUID } from 'node:crypto';
import { Body, Inject, Param, Query } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import { answer, type Answer } from '../http/answer.js';
import { TheCall, type Call } from '../http/call.js';
import { FinhubCall, FinhubController } from '../http/finhub-controller.js';
import { page, type PageQuery } from '../http/page.js';
import { notFound } from '../http/refusal.js';
import { Ledger } from '../state/ledger.js';
import { State } from '../state/state.js';
import { Deliveries } from './deliveries.js';
import type { Subscription } from './subscription.js';
import { shownSubscription, subscriptionOf, type NewSubscription } from './subscription.rules.js';

/** c.6.1 */
@FinhubController('v2.1/webhooks')
export class WebhooksController {
  constructor(
    private readonly state: State,
    private readonly deliveries: Deliveries,
    private readonly ledger: Ledger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The code sample posts to the shorter path. A secret that is not given is made, and shown this once. */
  @FinhubCall('POST', ['subscriptions', ''], { bearer: 'admin', status: 201 })
  create(@TheCall() call: Call, @Body() body: NewSubscription): Answer {
    const { tenantId } = call.tenant;
    const createdAt = this.clock.now().getTime();
    const made = { id: randomUUID(), tenantId, createdAt, secret: randomBytes(24).toString('hex') };
    const subscription = subscriptionOf(body, made);
    this.state.subscriptions.put(subscription.id, subscription);
    this.ledger.record({
      kind: 'subscription',
      tenantId,
      key: `${tenantId}:${subscription.url}`,
      objectId: subscription.id,
      at: createdAt,
    });
    const isGiven = body.secret ?? body.secretKey;
    const data = { ...shownSubscription(subscription), ...(isGiven ? {} : { secret: subscription.secret }) };
    return { ...answer(data, 'Subscription created'), code: 201 };
  }

  @FinhubCall('GET', 'subscriptions', { bearer: 'admin' })
  list(@TheCall() call: Call, @Query() query: PageQuery): Answer {
    const own = [...this.state.subscriptions.all()].filter(
      ({ tenantId }) => tenantId === call.tenant.tenantId,
    );
    const { items, pagination } = page(own, query);
    return answer({ subscriptions: items.map(shownSubscription), pagination });
  }

  @FinhubCall('GET', 'subscriptions/:subscriptionId', { bearer: 'admin' })
  view(@TheCall() call: Call, @Param('subscriptionId') id: string): Answer {
    return answer(shownSubscription(this.own(call, id)));
  }

  @FinhubCall('PUT', 'subscriptions/:subscriptionId', { bearer: 'admin' })
  change(@TheCall() call: Call, @Param('subscriptionId') id: string, @Body() body: NewSubscription): Answer {
    const { tenantId, createdAt, secret } = this.own(call, id);
    const changed = subscriptionOf(body, { id, tenantId, createdAt, secret });
    return answer(shownSubscription(this.state.subscriptions.put(id, changed)));
  }

  @FinhubCall('DELETE', 'subscriptions/:subscriptionId', { bearer: 'admin' })
  remove(@TheCall() call: Call, @Param('subscriptionId') id: string): Answer {
    this.state.subscriptions.delete(this.own(call, id).id);
    return answer({}, 'Subscription deleted');
  }

  @FinhubCall('GET', 'subscriptions/:subscriptionId/deliveries', { bearer: 'admin' })
  deliveriesOf(@TheCall() call: Call, @Param('subscriptionId') id: string): Answer {
    return answer({ deliveries: this.deliveries.of(this.own(call, id).id) });
  }

  @FinhubCall('GET', 'deliveries/:deliveryId', { bearer: 'admin' })
  delivery(@TheCall() call: Call, @Param('deliveryId') id: string): Answer {
    const delivery = this.deliveries.get(id);
    if (!delivery) throw notFound('Delivery');
    this.own(call, delivery.subscriptionId);
    return answer(delivery);
  }

  private own(call: Call, id: string): Subscription {
    const subscription = this.state.subscriptions.get(id);
    if (subscription?.tenantId !== call.tenant.tenantId) throw notFound('Subscription');
    return subscription;
  }
}
