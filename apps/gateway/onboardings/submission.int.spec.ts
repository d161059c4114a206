import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { individualRequestExample, organizationRequestExample } from '#contracts/request-examples.js';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { World, type RunningGateway } from '../testing/world.js';

let world: World;
let gateway: RunningGateway;
let key: string;

beforeAll(async () => {
  world = await World.open();
  gateway = await world.start();
  key = await world.key(['submit']);
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await world.close();
});

const submit = (requestId: string, request: unknown, query = '') =>
  gateway.call('POST', `/v1/onboardings${query}`, { key, json: { requestId, request } });
const requested = (requestId: string) =>
  world.published('onboarding.requested.v1', onboardingIdOf(world.tenantId, requestId));
const refused = (requestId: string) =>
  world.published('onboarding.refused.v1', onboardingIdOf(world.tenantId, requestId));

describe('a request that keeps all rules', () => {
  test.each([
    ['individual', individualRequestExample],
    ['organization', organizationRequestExample],
  ])('of an %s is in the vault and its event on Kafka before it is answered', async (kind, request) => {
    const requestId = `good-${kind}`;
    const answer = await submit(requestId, request);
    const onboardingId = onboardingIdOf(world.tenantId, requestId);
    expect([answer.status, answer.json]).toEqual([202, { onboardingId, requestId, state: 'admitted' }]);
    expect(answer.headers.get('location')).toBe(`/v1/onboardings/${onboardingId}`);
    const [event, ...others] = await requested(requestId);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ tenantid: world.tenantId, sequence: 1, data: { isVaulted: true } });
    expect(await world.vaultOf().admissionById(onboardingId)).toMatchObject({ applicantKind: kind });
  });
});
