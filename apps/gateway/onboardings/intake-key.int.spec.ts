import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JWK } from 'jose';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { individualRequestExample } from '#contracts/request-examples.js';
import { sealRequest } from '#vault/seal-request.js';
import { World, type RunningGateway } from '../testing/world.js';

let world: World;
let gateway: RunningGateway;

beforeAll(async () => {
  world = await World.open();
  gateway = await world.start();
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await world.close();
});

describe('the intake key', () => {
  test('seals a request for one onboarding, and only the vault opens it', async () => {
    const { status, text } = await gateway.call('GET', '/v1/intake-key', {
      key: await world.key(['submit']),
    });
    expect(status).toBe(200);
    const jwk = JSON.parse(text) as JWK;
    const onboardingId = onboardingIdOf(world.tenantId, 'request-1');
    const sealed = await sealRequest(jwk, individualRequestExample, onboardingId);
    expect(await world.vault.openSealed(sealed, onboardingId)).toEqual(individualRequestExample);
    const other = onboardingIdOf(world.tenantId, 'request-2');
    await expect(world.vault.openSealed(sealed, other)).rejects.toMatchObject({ reason: 'bound_elsewhere' });
  });

  test('is its public half alone', async () => {
    const { text } = await gateway.call('GET', '/v1/intake-key', { key: await world.key(['submit']) });
    expect(Object.keys(JSON.parse(text) as JWK).sort()).toEqual(['crv', 'kid', 'kty', 'x', 'y']);
  });

  test('is told to nobody who may not submit', async () => {
    const reader = await gateway.call('GET', '/v1/intake-key', { key: await world.key(['read']) });
    expect([reader.status, reader.json.code]).toEqual([403, 'scope_missing']);
    expect((await gateway.call('GET', '/v1/intake-key')).status).toBe(401);
  });
});
