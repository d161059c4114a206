import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { individualRequestExample as request } from '#contracts/request-examples.js';
import { systemClock } from '#platform/clock.js';
import { createLogger } from '#platform/logging.js';
import { pino, type Logger } from 'pino';
import { waitUntil } from '../../../test/wait-until.js';
import { GatewayRecords } from '../publishing/gateway-records.js';
import { KafkaAway } from '../testing/kafka-away.js';
import { World, type RunningGateway } from '../testing/world.js';
import { WebhookEventStore } from '../webhooks/webhook-event-store.js';
import { UnpublishedStore } from './unpublished-store.js';
import { UnpublishedSweeper } from './unpublished-sweeper.js';

const quick = { env: { PUBLISH_TIME_LIMIT_MS: '300', PUBLISH_BACKLOG_MAX: '3' } };
let world: World;
let key: string;
let unpublished: UnpublishedStore;

beforeAll(async () => {
  world = await World.open();
  key = await world.key(['submit']);
  unpublished = new UnpublishedStore(world.gatewayDatabase);
}, 60_000);

afterAll(() => world.close());

const idOf = (requestId: string) => onboardingIdOf(world.tenantId, requestId);
const submit = (gateway: RunningGateway, requestId: string) =>
  gateway.call('POST', '/v1/onboardings', { key, json: { requestId, request } });

/** Rows of the outbox, seen from outside. */
async function outboxOf(requestId: string): Promise<number> {
  return world.gatewayDatabase.transaction({ isWorker: true }, async (client) => {
    const sql = 'select from gateway.unpublished where onboarding_id = $1';
    return (await client.query(sql, [idOf(requestId)])).rowCount ?? 0;
  });
}

/** As if the process that wrote them had died a while ago. */
async function expireClaims(): Promise<void> {
  await world.gatewayDatabase.transaction({ isWorker: true }, (client) =>
    client.query("update gateway.unpublished set claimed_until = now() - interval '1 second'"),
  );
}

function sweeperWith(kafka: KafkaAway, logger: Logger = pino({ level: 'silent' })): UnpublishedSweeper {
  const vault = world.vault;
  const webhookEvents = new WebhookEventStore(world.gatewayDatabase);
  const records = new GatewayRecords(systemClock);
  return new UnpublishedSweeper({
    unpublished,
    webhookEvents,
    vault,
    publisher: kafka,
    records,
    clock: systemClock,
    logger,
  });
}

test('Kafka away: the request is admitted, answered 503 with Retry-After, and published when Kafka is back', async () => {
  const kafka = new KafkaAway();
  const gateway = await world.start({ ...quick, publisher: kafka });
  const answer = await submit(gateway, 'late');
  expect([answer.status, answer.json.code]).toEqual([503, 'temporarily_unavailable']);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await world.vaultOf().admissionById(idOf('late'))).toBeDefined();
  expect(await outboxOf('late')).toBe(1);
  kafka.comeBack();
  await waitUntil('the outbox to be empty', async () => (await outboxOf('late')) === 0);
  expect(kafka.acknowledged).toHaveLength(1);
  expect((await submit(gateway, 'late')).status).toBe(200);
  await gateway.stop();
});

test('Kafka away: the gateway is not ready from the time limit of a call on, until what waits is acknowledged', async () => {
  const kafka = new KafkaAway();
  const gateway = await world.start({ ...quick, publisher: kafka });
  const ready = () => gateway.call('GET', '/health/ready');
  expect((await ready()).status).toBe(200);
  await submit(gateway, 'waits');
  const notReady = await waitUntil('it to be not ready', async () => {
    const answer = await ready();
    return answer.status === 503 ? answer.json : undefined;
  });
  expect(notReady).toMatchObject({ notReady: { kafka: 'Kafka does not acknowledge' } });
  kafka.comeBack();
  await waitUntil('it to be ready', async () => (await ready()).status === 200);
  await gateway.stop();
});

test('a repeat publishes what the first call could not, with the same event id', async () => {
  const away = new KafkaAway();
  const first = await world.start({ ...quick, publisher: away });
  await submit(first, 'again');
  const back = new KafkaAway();
  back.comeBack();
  const second = await world.start({ ...quick, publisher: back });
  expect((await submit(second, 'again')).status).toBe(200);
  away.comeBack();
  await Promise.all([first.stop(), second.stop()]);
  expect(back.acknowledged).toHaveLength(1);
  expect(back.acknowledged[0]?.value).toEqual(away.acknowledged[0]?.value);
  expect(await outboxOf('again')).toBe(0);
});

test('more than the bound waiting for Kafka is answered 503 at once, and none of it is forgotten', async () => {
  const kafka = new KafkaAway();
  const gateway = await world.start({ ...quick, publisher: kafka });
  const ids = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'];
  const answers = await Promise.all(ids.map((id) => submit(gateway, id)));
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 503));
  expect(kafka.backlog).toBeLessThanOrEqual(3);
  await gateway.stop();
  await expireClaims();
  const sweeping = new KafkaAway();
  sweeping.comeBack();
  await sweeperWith(sweeping).sweep();
  expect(new Set(sweeping.acknowledged.map(({ key: id }) => id))).toEqual(new Set(ids.map(idOf)));
});

test('a process that dies between admission and publishing loses nothing: the sweeper publishes', async () => {
  const onboarding = { tenantId: world.tenantId, onboardingId: idOf('died') };
  await unpublished.add(onboarding, undefined);
  await world
    .vaultOf()
    .admit([{ ...onboarding, requestId: 'died', applicantKind: 'individual', body: request }]);
  const kafka = new KafkaAway();
  kafka.comeBack();
  await sweeperWith(kafka).sweep();
  expect(kafka.acknowledged).toEqual([]);
  await expireClaims();
  const lines: string[] = [];
  const settings = { LOG_LEVEL: 'info', LOG_FORMAT: 'json' } as const;
  await sweeperWith(kafka, createLogger('spec', settings, { write: (line) => lines.push(line) })).sweep();
  expect(kafka.acknowledged.map((record) => record.key)).toEqual([idOf('died')]);
  const names = { onboardingId: idOf('died'), correlationId: idOf('died') };
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([expect.objectContaining(names)]);
  expect(await outboxOf('died')).toBe(0);
});

test('a process that dies before the admission leaves nothing to publish, and its row goes', async () => {
  const onboarding = { tenantId: world.tenantId, onboardingId: idOf('never') };
  await unpublished.add(onboarding, undefined);
  await world.gatewayDatabase.transaction({ isWorker: true }, (client) =>
    client.query("update gateway.unpublished set created_at = now() - interval '1 hour'"),
  );
  await expireClaims();
  const kafka = new KafkaAway();
  kafka.comeBack();
  await sweeperWith(kafka).sweep();
  expect(kafka.acknowledged).toEqual([]);
  expect(await outboxOf('never')).toBe(0);
});

test('a command that Kafka has not acknowledged is answered 503, and repeated with its id it is the same command', async () => {
  const kafka = new KafkaAway();
  const gateway = await world.start({ ...quick, publisher: kafka });
  await submit(gateway, 'commanded');
  const ops = await world.key(['ops']);
  const json = { command: 'cancel', why: 'withdrawn', commandId: randomUUID() };
  const give = () =>
    gateway.call('POST', `/v1/ops/onboardings/${idOf('commanded')}/commands`, { key: ops, json });
  expect((await give()).status).toBe(503);
  kafka.comeBack();
  expect((await give()).json).toEqual({ commandId: json.commandId });
  const ids = kafka.acknowledged.map(({ value }) => (JSON.parse(String(value)) as { id: string }).id);
  expect(ids.filter((id) => id === json.commandId)).toHaveLength(2);
  await gateway.stop();
});
