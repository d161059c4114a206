import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type SandboxProcess } from '../../../test/sandbox-process.js';
import { waitUntil } from '../../../test/wait-until.js';
import { demoTenant } from '../demo-tenant.js';
import {
  activateOrganization,
  documentBody,
  newEmail,
  openVerification,
  readyOrganization,
  registerIndividual,
  upload,
} from '../testing/journeys.js';
import { SandboxClient } from '../testing/sandbox-client.js';
import type { Delivery, WebhookEvent } from './subscription.js';

const subscriptions = '/api/v2.1/webhooks/subscriptions';
const ownDelayMs = 300;

/** What the receiver does with a webhook. */
type Manner = 'takes' | 'refuses' | 'hangs';

let receiver: Server;
let url: string;
let manner: Manner;
let received: { readonly event: WebhookEvent; readonly signature: unknown; readonly manner: Manner }[];

let folder: string;
let sandbox: SandboxProcess;
let client: SandboxClient;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    void json(request).then((event) => {
      const signature = request.headers['x-finhub-signature'];
      received.push({ event: event as WebhookEvent, signature, manner });
      if (manner !== 'hangs') response.writeHead(manner === 'takes' ? 204 : 500).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
beforeEach(async () => {
  manner = 'takes';
  received = [];
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  await start();
  await logIn();
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});
afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
});

async function start(): Promise<void> {
  sandbox = await startSandbox({
    SANDBOX_STATE_FILE: join(folder, 'state.jsonl'),
    SANDBOX_TENANTS: JSON.stringify([demoTenant]),
    SANDBOX_SLOW_DECISION_MS: String(ownDelayMs),
    SANDBOX_ACTIVATION_DELAY_MS: String(ownDelayMs),
  });
}

async function logIn(): Promise<void> {
  client = await SandboxClient.loggedIn(sandbox.settings.baseUrl);
}

async function subscribe(...events: string[]): Promise<string> {
  const body = { url, events, retryBackoffSeconds: 1, maxRetryAttempts: 10 };
  return String((await client.post(subscriptions, body)).data['webhookId']);
}

async function deliveriesOf(subscriptionId: string): Promise<Delivery[]> {
  const { data } = await client.get(`${subscriptions}/${subscriptionId}/deliveries`);
  return data['deliveries'] as Delivery[];
}

/** The ids of those whom the events that were taken are about. */
function toldOf(type: string): (string | undefined)[] {
  return received
    .filter(({ event, manner: how }) => how === 'takes' && event.type === type)
    .map(({ event }) => event.data['customerId']);
}

describe('a sandbox that was killed', () => {
  it('goes on delivering what was refused, with its attempts, its event id and its signature', async () => {
    const subscription = await subscribe('customer.created');
    manner = 'refuses';
    await registerIndividual(client);
    await waitUntil('a refused attempt', async () => {
      const [refused] = await deliveriesOf(subscription);
      return refused?.status === 'RETRYING';
    });
    await sandbox.close();
    manner = 'takes';
    await start();
    await logIn();
    const delivered = await waitUntil('the delivery', async () => {
      const [delivery] = await deliveriesOf(subscription);
      return delivery?.status === 'DELIVERED' && delivery;
    });
    expect(delivered.attempts[0]).toMatchObject({ attemptNumber: 1, responseCode: 500 });
    expect(delivered.attempts.map(({ attemptNumber }) => attemptNumber)).toEqual(
      delivered.attempts.map((_, index) => index + 1),
    );
    expect(new Set(received.map(({ event }) => event.id)).size).toBe(1);
    expect(new Set(received.map(({ signature }) => signature)).size).toBe(1);
  });

  it('delivers again what nobody had acknowledged', async () => {
    await subscribe('customer.created');
    manner = 'hangs';
    const { id } = await registerIndividual(client);
    await waitUntil('the webhook', () => received.length > 0);
    await sandbox.close();
    manner = 'takes';
    await start();
    await waitUntil('the webhook again', () => toldOf('customer.created').includes(id));
  });

  it('delivers once what was delivered', async () => {
    const subscription = await subscribe('customer.created');
    const first = await registerIndividual(client);
    await waitUntil('the delivery', async () => {
      const [delivery] = await deliveriesOf(subscription);
      return delivery?.status === 'DELIVERED';
    });
    await sandbox.close();
    await start();
    await logIn();
    const second = await registerIndividual(client);
    await waitUntil('the second webhook', () => toldOf('customer.created').includes(second.id));
    expect(toldOf('customer.created')).toEqual([first.id, second.id]);
  });

  it.each(['delay', 'disorder'])('delivers what the fault %s held back', async (kind) => {
    await subscribe('customer.created');
    await client.addFault({ endpoint: 'webhook:customer.created', kind, delayMs: 1_000 });
    const { id } = await registerIndividual(client);
    await sandbox.close();
    await start();
    await waitUntil('the webhook', () => toldOf('customer.created').includes(id));
  });

  it('decides and activates what fell due while it was away, and tells of both', async () => {
    await subscribe('customer.activated', 'verification.approved');
    const organization = await readyOrganization(client);
    const individual = await registerIndividual(client, newEmail('kyb-slow'));
    const verificationId = await openVerification(client, individual);
    await upload(client, verificationId, documentBody(individual.id, 'PASSPORT'));
    await activateOrganization(client, organization);
    await sandbox.close();
    await delay(ownDelayMs);
    await start();
    await waitUntil('the decision', () => toldOf('verification.approved').includes(individual.id));
    await waitUntil('the activation', () => toldOf('customer.activated').includes(organization.id));
  });
});
