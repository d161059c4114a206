import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  activate,
  activateOrganization,
  individualBody,
  newEmail,
  readyIndividual,
  readyOrganization,
  registerIndividual,
} from '../testing/journeys.js';
import { runSandbox, type RunningSandbox } from '../testing/running-sandbox.js';
import { SandboxClient } from '../testing/sandbox-client.js';
import { waitUntil } from '../../../test/wait-until.js';
import type { WebhookEvent } from './subscription.js';

const secret = 'shared-secret';
const allEvents = [
  'customer.created',
  'customer.activated',
  'verification.submitted',
  'verification.approved',
  'verification.rejected',
  'consent.accepted',
];

interface Received {
  readonly raw: string;
  readonly signature: string;
  readonly event: WebhookEvent;
}

let sandbox: RunningSandbox;
let client: SandboxClient;
let receiver: Server;
let url: string;
let received: Received[] = [];
let statuses: number[] = [];

beforeAll(async () => {
  sandbox = await runSandbox();
  receiver = createServer((request, response) => {
    void bodyOf(request).then((raw) => {
      const signature = String(request.headers['x-finhub-signature']);
      received.push({ raw, signature, event: JSON.parse(raw) as WebhookEvent });
      response.writeHead(statuses.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
beforeEach(async () => {
  client = await SandboxClient.loggedIn(sandbox.baseUrl);
});
afterEach(async () => {
  await client.post('/_sandbox/reset');
  received = [];
  statuses = [];
});
afterAll(async () => {
  receiver.close();
  await sandbox.close();
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function subscribe(more: object = {}): Promise<string> {
  const body = { url, events: allEvents, secret, retryBackoffSeconds: 0, ...more };
  const { status, data } = await client.post('/api/v2.1/webhooks/subscriptions', body);
  expect(status).toBe(201);
  return String(data['webhookId']);
}

function receivedCount(count: number): Promise<Received[]> {
  return waitUntil(`${count} deliveries`, () => received.length >= count && received);
}

describe('a subscriber', () => {
  it('is told of everything in an onboarding, with ids, signed over the raw body (U25, U26)', async () => {
    await subscribe();
    const individual = await readyIndividual(client);
    await activate(client, individual);
    const all = await receivedCount(7);
    expect(all.map(({ event }) => event.type).sort()).toEqual([
      'consent.accepted',
      'consent.accepted',
      'consent.accepted',
      'customer.activated',
      'customer.created',
      'verification.approved',
      'verification.submitted',
    ]);
    for (const { raw, signature, event } of all) {
      expect(signature).toBe(`sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`);
      expect(event.data['customerId']).toBe(individual.id);
    }
    const created = all.find(({ event }) => event.type === 'customer.created');
    expect(created?.event.data['email']).toBe(individual.email);
    const submitted = all.find(({ event }) => event.type === 'verification.submitted');
    const [opened] = await client.ledger(`verification:${individual.id}`);
    expect(submitted?.event.data['verificationId']).toBe(opened?.objectIds[0]);
  });

  it('hears of an organization’s activation once it is ACTIVE, not when it is asked for (U14)', async () => {
    const organization = await readyOrganization(client);
    await subscribe({ events: ['customer.activated'] });
    await activateOrganization(client, organization);
    const [activated] = await receivedCount(1);
    expect(activated?.event.data['customerId']).toBe(organization.id);
    const { data } = await client.get(`/api/v2.1/customer/organization/${organization.id}/wallet-status`);
    expect(data['organizationStatus']).toBe('ACTIVE');
  });

  it('is told of a registration whose answer was lost for lost-answer-webhook, not for lost-answer', async () => {
    await subscribe({ events: ['customer.created'] });
    for (const tag of ['lost-answer', 'lost-answer-webhook']) {
      const body = await individualBody(client, newEmail(tag));
      await expect(client.post('/api/v2.1/customer/individual/registration', body)).rejects.toThrow();
    }
    await registerIndividual(client);
    const all = await receivedCount(2);
    expect(all.map(({ event }) => event.data['email']?.includes('lost-answer-webhook'))).toEqual([
      true,
      false,
    ]);
  });

  it('gets what it refused again until it takes it, with the same event id; the delivery says so', async () => {
    const id = await subscribe({ events: ['customer.created'] });
    statuses = [500, 302];
    await registerIndividual(client);
    const all = await receivedCount(3);
    expect(new Set(all.map(({ event }) => event.id)).size).toBe(1);
    const deliveries = await waitUntil('a delivery', async () => {
      const { data } = await client.get(`/api/v2.1/webhooks/subscriptions/${id}/deliveries`);
      const [delivery] = data['deliveries'] as { status: string; deliveryId: string }[];
      return delivery?.status === 'DELIVERED' && delivery;
    });
    const { data } = await client.get(`/api/v2.1/webhooks/deliveries/${deliveries.deliveryId}`);
    expect(data['attempts']).toMatchObject([
      { attemptNumber: 1, responseCode: 500, success: false },
      { attemptNumber: 2, responseCode: 302, success: false },
      { attemptNumber: 3, responseCode: 204, success: true },
    ]);
  });

  it('is given up on after its attempts', async () => {
    const id = await subscribe({ events: ['customer.created'], maxRetryAttempts: 2 });
    statuses = [500, 500];
    await registerIndividual(client);
    await waitUntil('the failure of a delivery', async () => {
      const { data } = await client.get(`/api/v2.1/webhooks/subscriptions/${id}/deliveries`);
      const [delivery] = data['deliveries'] as { status: string }[];
      return delivery?.status === 'FAILED';
    });
    expect(received).toHaveLength(2);
  });
});

describe('the faults of webhooks', () => {
  it('duplicate delivers an event twice with one id', async () => {
    await subscribe({ events: ['customer.created'] });
    await client.addFault({ endpoint: 'webhook:customer.created', kind: 'duplicate', times: 1 });
    await registerIndividual(client);
    const [first, second] = await receivedCount(2);
    expect(second?.raw).toBe(first?.raw);
  });

  it('disorder delivers an event after the one that follows it', async () => {
    await subscribe({ events: ['customer.created'] });
    await client.addFault({ endpoint: 'webhook:*', kind: 'disorder', times: 1 });
    const first = await registerIndividual(client);
    const second = await registerIndividual(client);
    const all = await receivedCount(2);
    expect(all.map(({ event }) => event.data['customerId'])).toEqual([second.id, first.id]);
  });

  it('drop never delivers an event', async () => {
    await subscribe({ events: ['customer.created'] });
    await client.addFault({ endpoint: 'webhook:customer.created', kind: 'drop', times: 1 });
    await registerIndividual(client);
    const { id } = await registerIndividual(client);
    const all = await receivedCount(1);
    expect(all.map(({ event }) => event.data['customerId'])).toEqual([id]);
  });
});

describe('a subscription', () => {
  it('may be made with either set of names, changed, listed and deleted; its secret is never shown', async () => {
    const id = await subscribe({ url: undefined, endpointUrl: url, secret: undefined, secretKey: secret });
    const path = `/api/v2.1/webhooks/subscriptions/${id}`;
    const shown = await client.get(path);
    expect(shown.data).toMatchObject({ url, endpointUrl: url, status: 'active' });
    expect(shown.text).not.toContain(secret);
    const changed = await client.call('PUT', path, { body: { url, events: ['customer.created'] } });
    expect(changed.data['events']).toEqual(['customer.created']);
    await registerIndividual(client);
    const [{ raw, signature }] = (await receivedCount(1)) as [Received];
    expect(signature).toBe(`sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`);
    expect((await client.call('DELETE', path)).status).toBe(200);
    const list = await client.get('/api/v2.1/webhooks/subscriptions');
    expect(list.data['subscriptions']).toEqual([]);
  });

  it('may be made at the shorter path of the code sample; a secret that is not given is shown this once', async () => {
    const body = { url, events: ['customer.created'] };
    const made = await client.post('/api/v2.1/webhooks', body);
    expect(made).toMatchObject({ status: 201, body: { code: 201 }, data: { ...body, status: 'active' } });
    await registerIndividual(client);
    const [{ raw, signature }] = (await receivedCount(1)) as [Received];
    const own = String(made.data['secret']);
    expect(signature).toBe(`sha256=${createHmac('sha256', own).update(raw).digest('hex')}`);
    const shown = await client.get(`/api/v2.1/webhooks/subscriptions/${String(made.data['webhookId'])}`);
    expect(shown.text).not.toContain(own);
  });

  it.each(['https://example.test/hook', 'http://[::1]/hook', 'http://gateway:8080/hook'])(
    'may be for %s: plain HTTP is for what is near',
    async (allowed) => {
      await subscribe({ url: allowed });
    },
  );

  it.each(['http://example.test/hook', 'http://[2001:db8::1]/hook', 'ftp://gateway/hook', 'nowhere'])(
    'is refused for %s',
    async (refused) => {
      const body = { url: refused, events: allEvents };
      const { status, data } = await client.post('/api/v2.1/webhooks/subscriptions', body);
      expect([status, data['errors']]).toMatchObject([400, [{ field: 'url' }]]);
    },
  );

  it('can be pointed at the testing utilities (c.6.2)', async () => {
    const test = '/api/v2.1/test/webhook-receiver';
    expect((await client.post(test, {})).body).toMatchObject({ success: true });
    expect((await client.post(`${test}/fail`, {})).body).toMatchObject({
      success: false,
      error: { code: 'SIMULATED_FAILURE' },
    });
    expect((await client.post(`${test}/slow`, { delay: 20 })).body).toMatchObject({ success: true });
  });
});
