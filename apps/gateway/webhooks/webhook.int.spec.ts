import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { individualRequestExample as request } from '#contracts/request-examples.js';
import { Vault } from '#vault/vault.js';
import { KafkaAway } from '../testing/kafka-away.js';
import { World, type Answer, type RunningGateway } from '../testing/world.js';
import { WebhookEventStore } from './webhook-event-store.js';
import { webhookSecretOf } from './webhook-secret.js';

const { email } = request.individual;
const timestamp = '2030-01-01T00:00:00.000Z';
let world: World;
let gateway: RunningGateway;
let id: string;

beforeAll(async () => {
  world = await World.open();
  gateway = await world.start();
  id = onboardingIdOf(world.tenantId, 'r-1');
  const key = await world.key(['submit']);
  await gateway.call('POST', '/v1/onboardings', { key, json: { requestId: 'r-1', request } });
  const stages = new Pool({ connectionString: world.database.urlFor('registration'), max: 1 });
  await new Vault(stages, world.vaultKeys).rememberCustomer(id, 'customer-1');
  await stages.end();
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await world.close();
});

const newEvent = (type: string, data: object) => ({ id: `evt_${randomUUID()}`, type, timestamp, data });
const commands = () => world.published('onboarding.command.v1', id);

function signatureOf(body: string): string {
  const secret = webhookSecretOf(world.vaultKeys.hashKey, world.tenantId);
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function deliver(event: unknown, own: { signature?: string; to?: RunningGateway } = {}): Promise<Answer> {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  return (own.to ?? gateway).call('POST', `/webhooks/finhub/${world.tenantId}?secret=12345678`, {
    body,
    headers: { 'content-type': 'application/json', 'x-finhub-signature': own.signature ?? signatureOf(body) },
  });
}

/** What a delivery led to. */
async function commandsAfter(event: object): Promise<object[]> {
  const before = (await commands()).length;
  expect((await deliver(event)).status).toBe(200);
  return (await commands()).slice(before).map(({ data }) => data as object);
}

describe('a signed webhook', () => {
  test('customer.created becomes evidence for the onboarding with that e-mail, which is not in it', async () => {
    const data = { customerId: 'customer-1', email: email.toUpperCase() };
    expect(await commandsAfter(newEvent('customer.created', data))).toEqual([
      expect.objectContaining({
        command: 'evidence',
        kind: 'customer.created',
        customerId: 'customer-1',
        occurredAt: timestamp,
        by: 'finhub',
      }),
    ]);
    const [last] = (await commands()).slice(-1);
    expect(last?.text.toLowerCase()).not.toContain(email);
  });

  test('verification.submitted becomes evidence with the id that no call gives back', async () => {
    const data = { customerId: 'customer-1', verificationId: 'v-1' };
    expect(await commandsAfter(newEvent('verification.submitted', data))).toEqual([
      expect.objectContaining({ command: 'evidence', kind: 'verification.submitted', verificationId: 'v-1' }),
    ]);
  });

  test.each(['verification.approved', 'verification.rejected', 'customer.activated'])(
    '%s makes the stage look again',
    async (type) => {
      expect(await commandsAfter(newEvent(type, { customerId: 'customer-1' }))).toEqual([
        expect.objectContaining({ command: 'look-again', why: `webhook ${type}` }),
      ]);
    },
  );

  test('delivered twice is one command', async () => {
    const event = newEvent('customer.activated', { customerId: 'customer-1' });
    expect(await commandsAfter(event)).toHaveLength(1);
    expect(await commandsAfter(event)).toEqual([]);
  });

  test.each([
    ['of a type that we do not know', newEvent('transaction.completed', { amount: 1 })],
    ['about a customer that is not ours', newEvent('customer.activated', { customerId: 'stranger' })],
    [
      'about an e-mail that is not ours',
      newEvent('customer.created', { customerId: 'c', email: 'x@example.test' }),
    ],
  ])('%s is taken, and leads to nothing', async (_what, event) => {
    expect(await commandsAfter(event)).toEqual([]);
  });

  test('is answered with 2xx only once Kafka has the command, so that FinHub delivers it again', async () => {
    const kafka = new KafkaAway();
    const slow = await world.start({ env: { PUBLISH_TIME_LIMIT_MS: '200' }, publisher: kafka });
    const event = newEvent('customer.activated', { customerId: 'customer-1' });
    expect((await deliver(event, { to: slow })).status).toBe(503);
    kafka.comeBack();
    expect((await deliver(event, { to: slow })).status).toBe(200);
    const values = kafka.acknowledged.map(({ value }) => JSON.parse(String(value)) as { id: string });
    expect(new Set(values.map(({ id: eventId }) => eventId)).size).toBe(1);
    await slow.stop();
  });
});

describe('what FinHub did not send', () => {
  const event = newEvent('customer.activated', { customerId: 'customer-1' });

  test.each([
    ['no signature', ''],
    ['a wrong signature', `sha256=${'0'.repeat(64)}`],
    ['a signature of something else', 'sha256=7'],
  ])('%s is refused', async (_what, signature) => {
    const answer = await deliver(event, { signature });
    expect([answer.status, answer.json.code]).toEqual([401, 'webhook_signature_invalid']);
  });

  test('a body that was changed on the way, if only by a space, is refused', async () => {
    const body = JSON.stringify(event);
    expect((await deliver(`${body} `, { signature: signatureOf(body) })).status).toBe(401);
  });

  test("a body with another tenant's signature is refused", async () => {
    const body = JSON.stringify(event);
    const secret = webhookSecretOf(world.vaultKeys.hashKey, 'another-tenant');
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    expect((await deliver(body, { signature })).status).toBe(401);
  });

  test('customer.created without the e-mail, which FinHub may leave out, leads to nothing and is not asked for again', async () => {
    expect(await commandsAfter(newEvent('customer.created', { customerId: 'customer-1' }))).toEqual([]);
  });

  test.each([
    ['larger than 64 kB', JSON.stringify(newEvent('x', { text: 'x'.repeat(70_000) })), 413],
    ['that is no JSON', '{"id":', 400],
    ['that is no event', '{"hello":"world"}', 422],
    [
      'that lacks what its type needs',
      JSON.stringify(newEvent('customer.created', { email: 'x@example.test' })),
      422,
    ],
  ])('a body %s is refused', async (_what, body, status) => {
    expect((await deliver(body)).status).toBe(status);
  });
});

test('deliveries are forgotten after 30 days', async () => {
  const store = new WebhookEventStore(world.gatewayDatabase);
  await store.add(world.tenantId, 'evt_old');
  await world.gatewayDatabase.transaction({ isWorker: true }, (client) =>
    client.query(
      "update webhook_event set received_at = now() - interval '31 days' where event_id = 'evt_old'",
    ),
  );
  await store.add(world.tenantId, 'evt_new');
  await store.forgetOld();
  expect([await store.has(world.tenantId, 'evt_old'), await store.has(world.tenantId, 'evt_new')]).toEqual([
    false,
    true,
  ]);
});
