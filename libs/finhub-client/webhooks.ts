import type { Body, FinhubApi } from './api.js';
import type { Call } from './call.js';
import type { Envelope } from './envelope.js';
import type { Fields } from './fields.js';
import { listAll } from './paging.js';

export interface Subscription {
  readonly subscriptionId: string;
  readonly url: string;
  readonly events: string[];
}

export interface WebhookCalls {
  /** The tenant's webhook subscriptions. CONTRACT.md c.6.1. */
  subscriptions(call?: Call): Promise<Subscription[]>;
  /** Subscribes; a second call makes a second subscription. CONTRACT.md c.6.1, U25. */
  createSubscription(
    request: { readonly url: string; readonly events: readonly string[]; readonly secret: string },
    call?: Call,
  ): Promise<{ subscriptionId: string }>;
  /** Unsubscribes. CONTRACT.md c.6.1. */
  deleteSubscription(subscriptionId: string, call?: Call): Promise<void>;
}

export function webhookCalls(api: FinhubApi): WebhookCalls {
  return {
    subscriptions: (call) =>
      listAll(
        api,
        {
          operation: 'listSubscriptions',
          path: {},
          name: 'subscriptions',
          read: readSubscription,
          idOf: (subscription) => subscription.subscriptionId,
        },
        call,
      ),
    createSubscription({ url, events, secret }, call) {
      const body: Body<'NewSubscription'> = { url, events: [...events], secret };
      const read = ({ data }: Envelope) => ({ subscriptionId: data.need(...subscriptionId) });
      return api.request('createSubscription', { body, read }, call);
    },
    deleteSubscription: (id, call) =>
      api.request('deleteSubscription', { path: { subscriptionId: id }, read: () => undefined }, call),
  };
}

const subscriptionId = ['webhookId', 'subscriptionId', 'id'];

function readSubscription(entry: Fields): Subscription {
  const events = entry.items('events', 'subscribedEvents') ?? [];
  return {
    subscriptionId: entry.need(...subscriptionId),
    url: entry.text('url', 'endpointUrl') ?? '',
    events: events.flatMap((event) => (typeof event.value === 'string' ? [event.value] : [])),
  };
}
