import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { parseEvent, type OnboardingEvent } from '#contracts/envelope.js';
import { onboardingAttempt } from '#contracts/events.js';
import { onboardingState } from '#contracts/operational-topics.js';
import { connectOnce } from '#platform/database.js';
import { HealthRegistry } from '#platform/health.js';
import { PlatformModule } from '#platform/platform-module.js';
import { ProblemDetailsFilter } from '#platform/problem-details.js';
import { loadSettings } from '#platform/settings.js';
import { generateVaultKeys, loadVaultKeys } from '#vault/vault-keys.js';
import { openRecord } from '#vault/sealing/sealed-message.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { inOrder, publishUnreadable, toldBy, type ToldRecord } from '../../test/unreadable.js';
import { waitUntil } from '../../test/wait-until.js';
import { trackerSettings } from './settings.js';
import { recordOf, Story } from './testing/story.js';
import { contractTopics, type Topics } from './topics.js';
import { TrackerModule } from './tracker.module.js';

jest.setTimeout(90_000);

const token = 'a-token-for-this-spec';
const vaultKeys = generateVaultKeys();

let database: TestDatabase;
let kafka: TestKafka;
let topics: Topics;
let app: INestApplication;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  const own = await Promise.all(
    [...contractTopics.read].map(async ([name, contract]) => {
      return [await kafka.createTopic(name, { partitions: 2 }), contract] as const;
    }),
  );
  topics = { read: new Map(own), state: await kafka.createTopic(contractTopics.state, { partitions: 2 }) };
  app = await startTracker();
});
afterAll(async () => {
  await app.close();
  await kafka.close();
  await database.close();
});

describe('a running tracker', () => {
  it('answers what became of an onboarding', async () => {
    const story = new Story().requested().attempted('registration').passedUpTo('activation');
    await publish(story.events);
    const told = await waitUntil('the end', () => stateOf(story, 'activated'));
    expect(told).toMatchObject({ tenantId: 'tenant-a', requestId: story.requestId, stage: 'activation' });
    const list = await ask(`/v1/onboardings?requestId=${story.requestId}`, 'tenant-a');
    expect(list.body).toMatchObject({ items: [{ onboardingId: story.onboardingId }] });
    const { body: funnel } = await ask('/v1/funnel', 'tenant-a');
    expect(funnel['individual']).toMatchObject({ admitted: 1, activated: 1 });
  });

  it('writes the latest state to the compacted topic, and a tombstone after an erasure', async () => {
    const story = new Story().passedUpTo('activation');
    await publish(story.events);
    const stateRecords = async () =>
      (await kafka.readTopic(topics.state)).filter(({ key }) => key === story.onboardingId);
    const last = await waitUntil('the state record', async () =>
      (await stateRecords())
        .map(({ value }) => parseEvent(value, onboardingState))
        .find(({ data }) => data.state === 'activated'),
    );
    expect(last).toMatchObject({ onboardingId: story.onboardingId, data: { customerId: 'customer-1' } });
    await publish(story.erased('activation').events.slice(-1));
    await waitUntil('the tombstone', async () => (await stateRecords()).at(-1)?.value === null);
  });

  it('seals what it cannot read, a megabyte of garbage too, so that the vault opens it, byte for byte, and reads on', async () => {
    const story = new Story().attempted('registration');
    const topic = topicOf(onboardingAttempt.type);
    // The same partition: what comes after the garbage lies behind it.
    const valid = String(recordOf(story.last).value);
    const expected = await publishUnreadable(kafka, topic, { key: story.onboardingId, valid });
    await publish(story.events);
    await waitUntil('what came after', () => stateOf(story, 'in_progress'));
    const letters = await deadLettersOf(topic);
    expect(letters.map(({ consumer }) => consumer)).toEqual(expected.map(() => 'tracker'));
    const opened = letters.map(async (letter) => {
      const { body } = await ask(`/v1/dead-letters/${letter.id}`, '*');
      return toldBy(letter, await openRecord(loadVaultKeys(vaultKeys), String(body['sealed'])));
    });
    expect(inOrder(await Promise.all(opened))).toEqual(expected);
  });

  it('asks for its token and for a tenant', async () => {
    const unknown = await fetch(`${urlOf(app)}/v1/counts`, { headers: { 'x-tenant-id': '*' } });
    expect(unknown.status).toBe(401);
    expect((await ask('/v1/counts')).status).toBe(400);
    expect((await ask('/v1/onboardings?limit=0', '*')).status).toBe(400);
    expect((await ask('/v1/onboardings?cursor=nonsense', '*')).status).toBe(400);
    expect((await ask('/v1/onboardings/nonsense', '*')).status).toBe(400);
    expect((await ask(`/v1/onboardings/${randomUUID()}`, '*')).status).toBe(404);
    expect((await ask(`/v1/commands/${randomUUID()}`, '*')).status).toBe(404);
  });

  it.each([
    ['a character that Postgres cannot store', '2030-01-01T00:00:00.000Z\n\0'],
    ['an id of no length', '2030-01-01T00:00:00.000Z\n'],
    ['an id without end', `2030-01-01T00:00:00.000Z\n${'x'.repeat(201)}`],
    ['the year 0', '0000-01-01T00:00:00.000Z\nx'],
    ['a fraction without end', `2030-01-01T00:00:00.${'0'.repeat(300)}Z\nx`],
  ])('refuses a cursor with %s, in every list', async (_what, text) => {
    const cursor = Buffer.from(text).toString('base64url');
    for (const list of [`onboardings/${randomUUID()}`, 'onboardings', 'parked', 'dead-letters'])
      expect((await ask(`/v1/${list}?cursor=${cursor}`, '*')).status).toBe(400);
    expect((await ask('/v1/dead-letters/%00', '*')).status).toBe(400);
    expect((await ask('/v1/onboardings?stage=%00', '*')).status).toBe(400);
  });

  it('goes on behind an event whatever its id', async () => {
    const story = new Story().passedUpTo('activation');
    const [first, ...others] = story.events;
    await publish([{ ...first!, id: 'ä\n 1' }, ...others]);
    await waitUntil('the end', () => stateOf(story, 'activated'));
    let cursor = '';
    const seen: unknown[] = [];
    for (;;) {
      const { body } = await ask(`/v1/onboardings/${story.onboardingId}?limit=1${cursor}`, '*');
      seen.push(...(body['timeline'] as unknown[]));
      if (body['nextCursor'] === undefined) break;
      cursor = `&cursor=${body['nextCursor'] as string}`;
    }
    expect(seen).toHaveLength(story.events.length);
  });

  it('is not ready while Postgres is away', async () => {
    const name = new URL(database.url).pathname.slice(1);
    const health = app.get(HealthRegistry);
    const admin = await connectOnce(process.env['DATABASE_URL']!, {
      applicationName: 'spec',
      schema: 'public',
    });
    const allowConnections = (isAllowed: boolean) =>
      admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${isAllowed}`);
    await allowConnections(false);
    await admin.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [
      name,
    ]);
    const { notReady } = await health.readiness();
    await allowConnections(true);
    await admin.end();
    expect(notReady).toHaveProperty('database');
    await waitUntil('it to be ready', async () => (await health.readiness()).isReady, 30_000);
  });

  it('lists parked onboardings with reason, step, attempts and last answer', async () => {
    const story = new Story().parked('registration', { lastAnswer: { status: 503, excerpt: '***' } });
    await publish(story.events);
    await waitUntil('the parking', () => stateOf(story, 'parked'));
    const { body } = await ask('/v1/parked?limit=500', '*');
    expect(body['items']).toContainEqual(
      expect.objectContaining({
        onboardingId: story.onboardingId,
        code: 'attempts_exhausted',
        step: 'register',
        attempts: 8,
        lastAnswer: { status: 503, excerpt: '***' },
      }),
    );
  });

  it('is rebuilt from zero while events arrive: nothing that was known is lost, what was wrong is right', async () => {
    const before = Array.from({ length: 30 }, () => new Story().passed('registration'));
    await publish(before.flatMap(({ events }) => events));
    await waitUntil('the first half', () => allAre(before, 'in_progress'));
    await tamper();
    const other = await startTracker();
    const { body } = await ask('/v1/rebuild', '*', 'POST');
    for (const story of before)
      await publish(story.passed('verification').passed('consent').passed('activation').events.slice(1));
    await waitUntil('the switch', () => isLive(body['generation']), 30_000);
    await waitUntil('all ends', () => allAre(before, 'activated'), 30_000);
    for (const story of before) expect((await told(story))?.['timeline']).toHaveLength(4);
    await other.close();
  });

  it('answers from the present generation when a rebuild is given up', async () => {
    const story = new Story().passedUpTo('activation');
    await publish(story.events);
    await waitUntil('the end', () => stateOf(story, 'activated'), 30_000);
    await ask('/v1/rebuild', '*', 'POST');
    expect((await ask('/v1/rebuild', '*', 'DELETE')).status).toBe(204);
    expect((await told(story))?.['state']).toBe('activated');
  });
});

async function startTracker(): Promise<INestApplication> {
  const settings = loadSettings(trackerSettings, {
    DATABASE_URL: database.urlFor('tracker'),
    KAFKA_BROKERS: kafka.brokers.join(','),
    TRACKER_TOKEN: token,
    VAULT_INTAKE_KEY: vaultKeys.VAULT_INTAKE_KEY,
  });
  const logger = pino({ level: 'silent' });
  const module = await Test.createTestingModule({
    imports: [PlatformModule.for(logger), TrackerModule.for(settings, topics)],
  }).compile();
  const started = module.createNestApplication({ logger: false });
  started.useGlobalFilters(new ProblemDetailsFilter());
  await started.listen(0, '127.0.0.1');
  started.get(HealthRegistry).markStarted();
  await waitUntil('readiness', async () => (await started.get(HealthRegistry).readiness()).isReady, 30_000);
  return started;
}

async function deadLettersOf(topic: string): Promise<(ToldRecord & { id: string; consumer: string })[]> {
  const { body } = await ask('/v1/dead-letters?limit=500', '*');
  const { items } = body as { items: Awaited<ReturnType<typeof deadLettersOf>> };
  return items.filter((letter) => letter.topic === topic);
}

async function publish(events: readonly OnboardingEvent[]): Promise<void> {
  for (const event of events) {
    const { key, value } = recordOf(event);
    await kafka.publish(topicOf(event.type), [{ key: String(key), value }]);
  }
}

function topicOf(type: string): string {
  return [...topics.read].find(([, contract]) => contract.type === type)?.[0] ?? '';
}

function urlOf(running: INestApplication): string {
  const server = running.getHttpServer() as { address(): AddressInfo };
  return `http://127.0.0.1:${server.address().port}`;
}

async function ask(
  path: string,
  tenant?: string,
  method = 'GET',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(tenant === undefined ? {} : { 'x-tenant-id': tenant }),
  };
  const response = await fetch(`${urlOf(app)}${path}`, { method, headers });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

async function told(story: Story): Promise<Record<string, unknown> | undefined> {
  const { status, body } = await ask(`/v1/onboardings/${story.onboardingId}`, '*');
  return status === 200 ? body : undefined;
}

async function stateOf(story: Story, state: string): Promise<Record<string, unknown> | undefined> {
  const found = await told(story);
  return found?.['state'] === state ? found : undefined;
}

async function allAre(stories: readonly Story[], state: string): Promise<boolean> {
  const found = await Promise.all(stories.map((story) => stateOf(story, state)));
  return found.every((one) => one !== undefined);
}

async function isLive(generation: unknown): Promise<boolean> {
  const { body } = await ask('/v1/rebuild', '*');
  const generations = body['generations'] as { generation: number; state: string }[];
  return generations.some((one) => one.generation === generation && one.state === 'live');
}

/** What a bug might have left: states that no event tells of. */
async function tamper(): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `UPDATE tracker.onboarding SET state = 'cancelled', registers = '{"erasedAt":"2000-01-01"}'`,
  );
  await client.end();
}
