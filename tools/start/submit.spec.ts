import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { GatewayClient } from '#gateway-client/gateway-client.js';
import { FakeGateway, type FakeAnswer } from '#gateway-client/testing/fake-gateway.js';
import { gatewayOf, submit, type Submitted } from './submit.js';

const fake = new FakeGateway();
let stop: AbortController;
let gateway: GatewayClient;

beforeAll(() => fake.start());
afterAll(() => fake.stop());
beforeEach(() => {
  fake.reset();
  stop = new AbortController();
  gateway = gatewayOf({ gatewayUrl: fake.url, apiKey: 'onb_key' }, stop.signal);
});
afterEach(() => gateway.close());

function submitted(answer: FakeAnswer): Promise<Submitted> {
  fake.on('POST /v1/onboardings', () => answer);
  return submit(gateway, { requestId: 'r', request: { kind: 'individual' } });
}

test.each([
  [202, true],
  [200, false],
])('a request that is answered %i is admitted, and new: %s', async (status, isNew) => {
  expect(await submitted({ status, body: { onboardingId: 'o-1' } })).toEqual({
    verdict: 'admitted',
    onboardingId: 'o-1',
    isNew,
  });
  expect(fake.calls[0]).toEqual({
    route: 'POST /v1/onboardings',
    authorization: 'Bearer onb_key',
    body: { requestId: 'r', request: { kind: 'individual' } },
  });
});

test('a request that breaks rules is invalid, with the first of them as the reason', async () => {
  const errors = ['/request/a', '/request/b'].map((pointer) => ({ pointer, code: 'required', message: '.' }));
  expect(await submitted({ status: 422, body: { code: 'request_malformed', errors } })).toEqual({
    verdict: 'refused',
    isInvalid: true,
    reason: 'required at /request/a and 1 more',
  });
});

test('a fault of the gateway itself is told, not tried again', async () => {
  expect(await submitted({ status: 500, body: { code: 'internal_error' } })).toEqual({
    verdict: 'refused',
    isInvalid: false,
    reason: 'internal_error',
  });
  expect(fake.calls).toHaveLength(1);
});

test.each([429, 503])('a %i is no verdict on the request', async (status) => {
  stop.abort();
  await expect(submitted({ status })).rejects.toThrow(`The gateway refused (${status} http_${status})`);
});
