import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '../../../test/wait-until.js';
import { FakeServer, type FakeAnswer, type SeenRequest } from '../testing/fake-server.js';
import { World } from '../testing/world.js';
import { documentedEvents, subscribedEvents } from './webhook-delivery.js';
import { webhookSecretOf, webhookUrlOf } from './webhook-secret.js';

interface Kept {
  webhookId: string;
  url: string;
  events: string[];
  secret?: string;
}

const publicUrl = 'https://gateway.example.test/onboarding';
let world: World;
let finhub: FakeServer;
let kept: Kept[] = [];
let next = 1;
/** What FinHub does about events that it does not document. */
let unknownEvents: 'taken' | 'refused' | 'left out' = 'taken';
const isDocumented = (event: string) => documentedEvents.some((documented) => documented === event);

/** FinHub as far as webhooks go: a login, and a list that can be added to and taken from. */
function answerAsFinhub({ method, path, body }: SeenRequest): FakeAnswer {
  if (path.endsWith('/sessions')) return { body: { code: 200, data: { token: tokenOf() } } };
  if (method === 'POST') {
    const wanted = JSON.parse(body) as Omit<Kept, 'webhookId'>;
    if (unknownEvents === 'refused' && !wanted.events.every(isDocumented))
      return { status: 400, body: { code: 400, message: 'Unknown event', data: { error: 'Unknown event' } } };
    const events = unknownEvents === 'taken' ? wanted.events : wanted.events.filter(isDocumented);
    kept.push({ ...wanted, events, webhookId: `w-${next++}` });
    return { status: 201, body: { code: 201, data: { webhookId: kept.at(-1)?.webhookId } } };
  }
  if (method === 'DELETE') {
    kept = kept.filter(({ webhookId }) => !path.endsWith(`/${webhookId}`));
    return { body: { code: 200, data: {} } };
  }
  return {
    body: { code: 200, data: kept.map(({ webhookId, url, events }) => ({ webhookId, url, events })) },
  };
}

function tokenOf(): string {
  const claims = { exp: 4_102_444_800, tenantId: world.tenantId };
  return ['{"alg":"HS256"}', JSON.stringify(claims), 's']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
}

beforeAll(async () => {
  world = await World.open();
  finhub = await FakeServer.start(answerAsFinhub);
}, 60_000);

beforeEach(() => {
  kept = [];
  unknownEvents = 'taken';
});

afterAll(async () => {
  await finhub.stop();
  await world.close();
});

const start = () =>
  world.start({
    env: {
      GATEWAY_PUBLIC_URL: publicUrl,
      FINHUB_BASE_URL: finhub.url,
      FINHUB_TENANT_ID: world.tenantId,
      FINHUB_ORGANIZATION_ID: 'org',
      FINHUB_ADMIN_USER_ID: 'admin',
      FINHUB_ADMIN_USERNAME: 'admin',
      FINHUB_ADMIN_PASSWORD: 'password',
    },
  });
const rightUrl = () => webhookUrlOf(publicUrl, world.vaultKeys.hashKey, world.tenantId);

/** Starts a gateway and waits until it has looked after the subscriptions. */
async function runOnce(): Promise<void> {
  const before = finhub.seen.length;
  const gateway = await start();
  await waitUntil('the subscriptions to be looked at', () =>
    finhub.seen.slice(before).some(({ method, path }) => method === 'GET' && path.endsWith('/subscriptions')),
  );
  await waitUntil('one right subscription', () => kept.length === 1 && kept[0]?.url === rightUrl());
  await gateway.stop();
}

test('where the gateway has a public URL it subscribes at FinHub, with all events and a secret of its own', async () => {
  await runOnce();
  expect(kept).toEqual([
    {
      webhookId: expect.any(String),
      url: rightUrl(),
      events: [...subscribedEvents],
      secret: webhookSecretOf(world.vaultKeys.hashKey, world.tenantId),
    },
  ]);
  expect(rightUrl()).toMatch(
    new RegExp(`^${publicUrl}/webhooks/finhub/${world.tenantId}\\?secret=[0-9a-f]{8}$`, 'u'),
  );
});

test('a start, and another replica, find the subscription and make no second one', async () => {
  await runOnce();
  const [first] = kept;
  const replicas = await Promise.all([start(), start(), start()]);
  await runOnce();
  await Promise.all(replicas.map((replica) => replica.stop()));
  expect(kept).toEqual([first]);
});

test('one that lacks an event or has an old secret is made again, doubled ones go, and those of others stay', async () => {
  const events = [...subscribedEvents];
  const base = rightUrl().split('?')[0] ?? '';
  const others = { webhookId: 'others', url: 'https://elsewhere.example.test', events };
  kept = [
    { webhookId: 'partial', url: rightUrl(), events: ['customer.created'] },
    { webhookId: 'old-secret', url: `${base}?secret=00000000`, events },
    others,
  ];
  const gateway = await start();
  await waitUntil('the repair', () => kept.length === 2 && kept.some(({ url }) => url === rightUrl()));
  expect(kept).toContainEqual(others);
  kept.push({ webhookId: 'z-doubled', url: rightUrl(), events });
  await gateway.stop();
  const again = await start();
  await waitUntil('one of ours', () => kept.filter(({ url }) => url === rightUrl()).length === 1);
  await again.stop();
});

test.each(['refused', 'left out'] as const)(
  'a FinHub that does not know the assumed events, %s, is subscribed to for the documented ones, once',
  async (whatHappens) => {
    unknownEvents = whatHappens;
    await runOnce();
    const [first] = kept;
    expect(first?.events).toEqual([...documentedEvents]);
    await runOnce();
    expect(kept).toEqual([first]);
  },
);

test('FinHub being away keeps the gateway from nothing', async () => {
  const away = await world.start({
    env: {
      GATEWAY_PUBLIC_URL: publicUrl,
      FINHUB_BASE_URL: 'http://127.0.0.1:9',
      FINHUB_TENANT_ID: world.tenantId,
      FINHUB_ORGANIZATION_ID: 'org',
      FINHUB_ADMIN_USER_ID: 'admin',
      FINHUB_ADMIN_USERNAME: 'admin',
      FINHUB_ADMIN_PASSWORD: 'password',
    },
  });
  expect((await away.call('GET', '/health/live')).status).toBe(200);
  await away.stop();
});
