import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { individualRequestExample as request } from '#contracts/request-examples.js';
import { Client, Pool } from 'pg';
import { Vault } from '#vault/vault.js';
import type { SeenRequest } from '../testing/fake-server.js';
import { World, type Answer, type RunningGateway } from '../testing/world.js';

const iban = 'LT601010012345678901';
const tracked = {
  state: 'activated',
  stage: 'activation',
  since: '2030-01-01T00:00:00Z',
  customerId: 'c-1',
  timeline: [{ at: '2030-01-01T00:00:00Z', stage: 'activation', what: 'activated' }],
};
let world: World;
let gateway: RunningGateway;
let stages: Pool;
let key: string;

beforeAll(async () => {
  world = await World.open();
  gateway = await world.start();
  key = await world.key(['submit', 'read']);
  stages = new Pool({ connectionString: world.database.urlFor('registration'), max: 1 });
  await gateway.call('POST', '/v1/onboardings', { key, json: { requestId: 'r-1', request } });
}, 60_000);

beforeEach(() => {
  world.trackerAnswers = () => ({ status: 404 });
});

afterAll(async () => {
  await stages.end();
  await gateway.stop();
  await world.close();
});

const onboardingId = () => onboardingIdOf(world.tenantId, 'r-1');
const status = (withKey = key, id = onboardingId()): Promise<Answer> =>
  gateway.call('GET', `/v1/onboardings/${id}`, { key: withKey });
const knows = (answer: object) => (seen: SeenRequest) =>
  seen.path === `/v1/onboardings/${onboardingId()}` ? { body: answer } : { status: 404 };

async function admittedEarlier(id: string, by: string): Promise<void> {
  const owner = new Client({ connectionString: world.database.url });
  await owner.connect();
  const sql = 'update vault.admission set admitted_at = admitted_at - $2::interval where onboarding_id = $1';
  await owner.query(sql, [id, by]);
  await owner.end();
}

describe('the status of an onboarding', () => {
  test('is admitted from the first moment on, by the word of the vault', async () => {
    expect((await status()).json).toMatchObject({ requestId: 'r-1', state: 'admitted', timeline: [] });
  });

  test('is forgotten, with the IBAN, where the tracker knows nothing of what was admitted long ago', async () => {
    await gateway.call('POST', '/v1/onboardings', { key, json: { requestId: 'old', request } });
    const id = onboardingIdOf(world.tenantId, 'old');
    await new Vault(stages, world.vaultKeys).keepIban(id, iban);
    await admittedEarlier(id, '91 days');
    const told = { requestId: 'old', state: 'forgotten', detail: expect.stringMatching(/no longer kept/u) };
    const { json } = await status(await world.key(['read', 'iban:read']), id);
    expect(json).toMatchObject({ ...told, iban });
    expect((await status(key, id)).json).not.toHaveProperty('iban');
    world.trackerAnswers = () => ({ status: 500 });
    expect((await status(key, id)).json).toMatchObject({ state: 'unknown' });
  });

  test('is admitted where the tracker, new or far behind, knows nothing yet of what it cannot have forgotten', async () => {
    await gateway.call('POST', '/v1/onboardings', { key, json: { requestId: 'not-yet', request } });
    const id = onboardingIdOf(world.tenantId, 'not-yet');
    await admittedEarlier(id, '89 days');
    expect((await status(key, id)).json).toMatchObject({ requestId: 'not-yet', state: 'admitted' });
  });

  test('is found by ops of every tenant who name the tenant, once the tracker has forgotten whose it is', async () => {
    const everywhere = await world.opsKey();
    const alone = await status(everywhere);
    expect([alone.status, alone.json['detail']]).toEqual([404, expect.stringContaining('?tenantId=')]);
    const named = await status(everywhere, `${onboardingId()}?tenantId=${world.tenantId}&limit=10`);
    expect(named.json).toMatchObject({ requestId: 'r-1' });
    expect(world.tracker.seen.at(-1)?.query.toString()).toBe('limit=10');
    const other = await world.key(['read'], 'another-tenant');
    expect((await status(other, `${onboardingId()}?tenantId=${world.tenantId}`)).status).toBe(403);
  });

  test('is told with as much of the timeline as the tracker can answer, newest first', async () => {
    const entry = {
      at: '2030-01-01T00:00:00Z',
      stage: 'gateway',
      what: 'refused',
      text: 'x'.repeat(100_000),
    };
    world.trackerAnswers = ({ query }) => {
      const timeline = Array.from({ length: Number(query.get('limit') ?? 500) }, () => entry);
      return { body: { ...tracked, timeline, nextCursor: 'older' } };
    };
    const { json } = await status();
    expect(json).toMatchObject({ state: 'activated', nextCursor: 'older' });
    expect((json['timeline'] as unknown[]).length).toBeGreaterThan(0);
  });

  test("is the tracker's, with the timeline, once it knows", async () => {
    world.trackerAnswers = knows(tracked);
    expect((await status()).json).toMatchObject({
      ...tracked,
      onboardingId: onboardingId(),
      requestId: 'r-1',
    });
    const asked = world.tracker.seen.at(-1);
    expect(asked?.headers).toMatchObject({
      'x-tenant-id': world.tenantId,
      authorization: 'Bearer tracker-token-of-the-spec',
    });
  });

  test("is found by the upstream's own request id too", async () => {
    world.trackerAnswers = knows(tracked);
    const { json } = await gateway.call('GET', '/v1/onboardings?requestId=r-1', { key });
    expect(json).toMatchObject({ onboardingId: onboardingId(), state: 'activated' });
  });

  test.each([
    ['fails', { status: 500 }],
    ['answers nonsense', { body: [] }],
  ])('is said to be unknown, and admitted, when the tracker %s', async (_what, answer) => {
    world.trackerAnswers = () => answer;
    expect((await status()).json).toMatchObject({ requestId: 'r-1', state: 'unknown' });
  });

  test('is said to be unknown within seconds when the tracker is silent', async () => {
    world.trackerAnswers = () => 'silence';
    expect((await status()).json).toMatchObject({ state: 'unknown' });
  }, 10_000);

  test('stays admitted when all that the tracker saw of it was refused', async () => {
    world.trackerAnswers = knows({ state: 'refused', code: 'request_conflict' });
    expect((await status()).json).toMatchObject({ state: 'admitted' });
  });

  test('of a request that was only ever refused is told to its tenant', async () => {
    const id = onboardingIdOf(world.tenantId, 'refused');
    world.trackerAnswers = () => ({ body: { state: 'refused', code: 'request_malformed' } });
    expect((await status(key, id)).json).toMatchObject({ state: 'refused' });
  });

  test('tells the IBAN to a key that may see it, and to no other', async () => {
    await new Vault(stages, world.vaultKeys).keepIban(onboardingId(), iban);
    world.trackerAnswers = knows(tracked);
    const allowed = await status(await world.key(['read', 'iban:read']));
    expect(allowed.json).toMatchObject({ iban });
    expect((await status()).text).not.toContain(iban);
  });

  test('may be kept by nobody on the way', async () => {
    expect((await status()).headers.get('cache-control')).toBe('no-store');
  });

  test('of another tenant is not found, by either id, whatever the tracker would say', async () => {
    world.trackerAnswers = knows(tracked);
    const other = await world.key(['read', 'iban:read'], 'another-tenant');
    const byId = await status(other);
    const byRequest = await gateway.call('GET', '/v1/onboardings?requestId=r-1', { key: other });
    expect([byId.status, byRequest.status]).toEqual([404, 404]);
    expect(byId.json.code).toBe('onboarding_unknown');
    expect(world.tracker.seen.slice(-2).map(({ headers }) => headers['x-tenant-id'])).toEqual([
      'another-tenant',
      'another-tenant',
    ]);
  });

  test('of no onboarding is 404, and of what is no id 400', async () => {
    expect((await status(key, '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11')).status).toBe(404);
    expect((await status(key, 'nonsense')).status).toBe(400);
    expect((await gateway.call('GET', '/v1/onboardings?requestId=never', { key })).status).toBe(404);
    expect((await gateway.call('GET', '/v1/onboardings', { key })).status).toBe(400);
  });

  test('is told to ops of every tenant by the id alone, once the tracker knows whose it is', async () => {
    world.trackerAnswers = knows({ ...tracked, tenantId: world.tenantId });
    expect((await status(await world.opsKey())).json).toMatchObject({ state: 'activated', requestId: 'r-1' });
  });

  test('after an erasure says erased, and nothing of the person', async () => {
    await gateway.call('POST', '/v1/onboardings', { key, json: { requestId: 'gone', request } });
    const id = onboardingIdOf(world.tenantId, 'gone');
    await new Vault(stages, world.vaultKeys).erase(id);
    const { json } = await status(await world.key(['read', 'iban:read']), id);
    expect(json).toMatchObject({ requestId: 'gone', state: 'erased' });
    const again = await gateway.call('POST', '/v1/onboardings', {
      key,
      json: { requestId: 'gone', request },
    });
    expect([again.status, again.json.code]).toEqual([410, 'request_erased']);
  });
});
