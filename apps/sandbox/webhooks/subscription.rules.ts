import type { components } from '#finhub-client/openapi-types.js';
import { invalid } from '../http/refusal.js';
import type { Subscription } from './subscription.js';

/** The body of a new or changed subscription (c.6.1). */
export type NewSubscription = components['schemas']['NewSubscription'];

const defaultAttemptsMax = 5;
const defaultBackoffSeconds = 60;

/** What a body says, under either set of names (U25). Throws 400 for a URL that is neither HTTPS nor local. */
export function subscriptionOf(
  body: NewSubscription,
  made: Pick<Subscription, 'id' | 'tenantId' | 'createdAt'> & { secret: string },
): Subscription {
  const named = inTextForm(body);
  if (!isAllowed(named.url))
    throw invalid([
      { field: 'url', message: 'must be HTTPS, or HTTP to a loopback address or a host name without a dot' },
    ]);
  const { maxRetryAttempts = defaultAttemptsMax, retryBackoffSeconds = defaultBackoffSeconds } = body;
  return {
    ...made,
    ...named,
    secret: named.secret ?? made.secret,
    attemptsMax: Math.max(1, maxRetryAttempts),
    backoffSeconds: retryBackoffSeconds,
  };
}

/** The OpenAPI form's names are taken for those of the text form. */
function inTextForm(body: NewSubscription) {
  return {
    url: body.url ?? body.endpointUrl ?? '',
    events: body.events ?? body.subscribedEvents ?? [],
    secret: body.secret ?? body.secretKey,
    description: body.description ?? body.subscriptionName ?? '',
  };
}

/** How long to wait after attempt `attempt` (from 1) has failed; `undefined` when it was the last. */
export function backoffMs(
  { attemptsMax, backoffSeconds }: Pick<Subscription, 'attemptsMax' | 'backoffSeconds'>,
  attempt: number,
): number | undefined {
  return attempt >= attemptsMax ? undefined : backoffSeconds * 1_000 * 2 ** (attempt - 1);
}

/** A subscription as the calls answer it, without its secret. */
export function shownSubscription(subscription: Subscription) {
  const { id, url, events, description, attemptsMax, backoffSeconds } = subscription;
  return {
    webhookId: id,
    subscriptionId: id,
    url,
    endpointUrl: url,
    events,
    subscribedEvents: events,
    description,
    maxRetryAttempts: attemptsMax,
    retryBackoffSeconds: backoffSeconds,
    status: 'active',
    createdAt: new Date(subscription.createdAt).toISOString(),
  };
}

/** HTTP stays on this machine or, to a name without a dot, in a network that only its members know. */
function isAllowed(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  const isLocal = /^(?:\[::1\]|127\.\d+\.\d+\.\d+|[a-z0-9_-]+)$/u.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLocal);
}
