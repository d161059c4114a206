import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock, type Clock } from '#platform/clock.js';
import { World, type RunningGateway } from '../testing/world.js';
import { ApiKeyStore } from './api-key-store.js';
import { runKeyCommand } from './key-command.js';
import { KeyMaker } from './key-maker.js';
import { KeyRing } from './key-ring.js';

let world: World;
let gateway: RunningGateway;
let ops: string;

beforeAll(async () => {
  world = await World.open();
  gateway = await world.start();
  ops = await world.key(['ops', 'read', 'submit']);
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await world.close();
});

const read = (key?: string) => gateway.call('GET', '/v1/onboardings?requestId=x', { key });
const make = (json: object, key = ops) => gateway.call('POST', '/v1/ops/keys', { key, json });

/** The whole table as the superuser sees it. */
async function rowsOf(name: string): Promise<string> {
  return world.gatewayDatabase.transaction({ isWorker: true }, async (client) => {
    const { rows } = await client.query<object>(
      'select *, encode(hash, $2) as hex from api_key where name = $1',
      [name, 'escape'],
    );
    return JSON.stringify(rows);
  });
}

describe('without a valid key nothing is served', () => {
  test.each([
    ['none', undefined, 'api_key_missing'],
    ['one of another form', 'secret', 'api_key_unknown'],
    ['one that was never made', `onb_${'0'.repeat(16)}_${'A'.repeat(43)}`, 'api_key_unknown'],
  ])('%s', async (_what, key, code) => {
    const answer = await read(key);
    expect([answer.status, answer.json.code, answer.headers.get('www-authenticate')]).toEqual([
      401,
      code,
      'Bearer',
    ]);
  });

  test('one with a right prefix and a wrong secret', async () => {
    const key = await world.key(['read']);
    const forged = key.slice(0, -4) + (key.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    expect((await read(forged)).status).toBe(401);
    expect((await read(key)).status).toBe(404);
    expect((await read(forged)).status).toBe(401);
  });
});

test('a key may do what its scopes say and nothing else', async () => {
  const reader = await world.key(['read']);
  const submitter = await world.key(['submit']);
  const refused = [
    await gateway.call('POST', '/v1/onboardings', { key: reader, json: {} }),
    await read(submitter),
    await make({ name: 'x', scopes: ['ops'] }, reader),
    await gateway.call('GET', '/v1/ops/parked', { key: submitter }),
  ];
  expect(refused.map(({ status, json }) => [status, json.code])).toEqual(
    refused.map(() => [403, 'scope_missing']),
  );
});

test('an ops key makes keys of its own tenant, shown once, stored only as a keyed hash', async () => {
  const made = await make({ name: 'upstream', scopes: ['read', 'submit'] });
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({ tenantId: world.tenantId, name: 'upstream' });
  expect((await read(made.json.key)).status).toBe(404);
  const listed = await gateway.call('GET', '/v1/ops/keys', { key: ops });
  expect(listed.json.items).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'upstream' })]));
  const secret = made.json.key.slice(`onb_${'0'.repeat(16)}_`.length);
  expect(secret).toHaveLength(43);
  expect(listed.text).not.toContain(secret);
  expect(await rowsOf('upstream')).not.toContain(secret);
});

test('an ops key gives no scope that it lacks, to itself or to anybody', async () => {
  const refused = [
    await make({ name: 'curious', scopes: ['read', 'iban:read'] }),
    await make({ name: 'curious', scopes: ['iban:read'], tenantId: 'brand-new' }, await world.opsKey()),
  ];
  expect(refused.map(({ status, json }) => [status, json.code])).toEqual([
    [403, 'scope_missing'],
    [403, 'scope_missing'],
  ]);
  expect(refused[0]?.json['detail']).toContain('iban:read');
  expect(await rowsOf('curious')).toBe('[]');
  const teller = await world.key(['ops', 'read', 'iban:read']);
  expect((await make({ name: 'curious', scopes: ['iban:read'] }, teller)).status).toBe(201);
});

test('a name is taken once, another tenant is not reached, and what is wrong with a key is said', async () => {
  await make({ name: 'once', scopes: ['read'] });
  const answers = [
    await make({ name: 'once', scopes: ['read'] }),
    await make({ name: 'other', scopes: ['read'], tenantId: 'another-tenant' }),
    await make({ name: 'other', scopes: ['everything'] }),
    await make({ name: 'other', scopes: [], isAdmin: true }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([409, 403, 422, 422]);
});

test('a key for every tenant makes keys of any tenant', async () => {
  const made = await make({ name: 'first', scopes: ['read'], tenantId: 'brand-new' }, await world.opsKey());
  expect(made.json).toMatchObject({ tenantId: 'brand-new' });
});

test('a revoked key is refused from then on', async () => {
  const { json } = await make({ name: 'leaked', scopes: ['read'] });
  expect((await read(json.key)).status).toBe(404);
  const revoked = await gateway.call('DELETE', `/v1/ops/keys/${json.id}`, { key: ops });
  expect(revoked.status).toBe(204);
  expect((await read(json.key)).status).toBe(401);
  const other = await world.key(['ops'], 'another-tenant');
  expect((await gateway.call('DELETE', `/v1/ops/keys/${json.id}`, { key: other })).status).toBe(404);
});

test('other replicas refuse a revoked key within 30 seconds, and look a key up once in that time', async () => {
  let nowMs = 0;
  const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };
  const store = new ApiKeyStore(world.gatewayDatabase);
  let lookups = 0;
  const find = (prefix: string) => {
    lookups += 1;
    return store.find(prefix);
  };
  const ring = new KeyRing(
    { find, markUsed: (prefix) => store.markUsed(prefix) },
    clock,
    world.vaultKeys.hashKey,
  );
  const key = await world.key(['read']);
  const identified = await ring.identify(key);
  await ring.identify(key);
  expect(lookups).toBe(1);
  await store.revoke(world.tenantId, identified?.id ?? '');
  nowMs = 30_001;
  expect(await ring.identify(key)).toBeUndefined();
});

test("row-level security shows a tenant no other tenant's keys, whatever the statement asks for", async () => {
  await world.key(['read'], 'another-tenant');
  const seen = await world.gatewayDatabase.transaction({ tenantId: world.tenantId }, async (client) => {
    const { rows } = await client.query<{ tenant_id: string }>('select distinct tenant_id from api_key');
    return rows.map((row) => row.tenant_id);
  });
  expect(seen).toEqual([world.tenantId]);
});

describe('the command', () => {
  const run = async (...args: string[]) => {
    const said = { out: '', err: '' };
    const keyMaker = new KeyMaker(new ApiKeyStore(world.gatewayDatabase), world.vaultKeys.hashKey);
    const exitCode = await runKeyCommand(args, keyMaker, {
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
    });
    return { exitCode, ...said };
  };

  test('prints the key alone, and the key works', async () => {
    const made = await run('create', '--tenant', world.tenantId, '--name', 'cli', '--scopes', 'read, submit');
    expect(made.exitCode).toBe(0);
    expect((await read(made.out.trim())).status).toBe(404);
  });

  test('says what is wrong, and prints no key', async () => {
    const wrong = await run('create', '--tenant', 'T', '--name', 'n n', '--scopes', 'all');
    const taken = [
      await run('create', '--tenant', 'T', '--name', 'n', '--scopes', 'read'),
      await run('create', '--tenant', 'T', '--name', 'n', '--scopes', 'read'),
    ];
    const missing = await run('create', '--tenant', 'T');
    expect([wrong, taken[1], missing].map((made) => [made?.exitCode, made?.out])).toEqual([
      [1, ''],
      [1, ''],
      [1, ''],
    ]);
  });
});
