import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { GatewayClient } from './gateway-client.js';
import { statusOf } from './onboarding-status.js';
import { FakeGateway, type FakeAnswer } from './testing/fake-gateway.js';

const gateway = new FakeGateway();
const shape = z.object({ id: z.string() });
const taken: FakeAnswer = { status: 202, body: { id: 'o-1' } };
const later: FakeAnswer = { status: 503, body: { code: 'temporarily_unavailable' } };
const ask = { method: 'POST', path: '/v1/onboardings', body: {} } as const;

let waits: number[];
let stop: AbortController;
let client: GatewayClient;

beforeAll(() => gateway.start());
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.reset();
  waits = [];
  stop = new AbortController();
  const waiting = {
    wait: async (ms: number) => void waits.push(ms),
    stopped: stop.signal,
    monotonicMs: () => waits.reduce((sum, ms) => sum + ms, 0),
  };
  const retry = { isPassing: (status: number) => status === 503, reads: { triesMax: 3 } };
  client = new GatewayClient({ url: gateway.url, apiKey: 'onb_key' }, waiting, retry);
});
afterEach(() => client.close());

/** The answers in their order; the last one for good. */
function answers(...given: readonly FakeAnswer[]): void {
  gateway.on('', () => given[Math.min(gateway.calls.length, given.length) - 1] ?? 'cut');
}

test('a call tells what was answered and the status, which says whether it was new', async () => {
  answers(taken, { status: 200, body: { id: 'o-1' } });
  expect(await client.send({ ...ask, triesMax: 1 }, shape)).toEqual({ status: 202, value: { id: 'o-1' } });
  expect(await client.send({ ...ask, triesMax: 1 }, shape)).toEqual({ status: 200, value: { id: 'o-1' } });
});

test('no answer, half an answer and a refusal that passes are tried again, as often as the call may be', async () => {
  answers('cut', later, taken);
  expect((await client.send({ ...ask, triesMax: 3 }, shape)).status).toBe(202);
  answers('cut');
  gateway.calls.length = 0;
  await expect(client.send({ ...ask, triesMax: 2 }, shape)).rejects.toThrow('does not answer');
  expect(gateway.calls).toHaveLength(2);
});

test('a refusal that does not pass is told at once, with all its errors', async () => {
  const errors = [{ pointer: '/request', code: 'required', message: 'Missing.' }];
  answers({ status: 500, body: { code: 'internal_error', errors } });
  await expect(client.send({ ...ask, triedForMs: 60_000 }, shape)).rejects.toMatchObject({
    name: 'GatewayRefusal',
    refusal: { status: 500, code: 'internal_error', errors },
  });
  expect([gateway.calls.length, waits]).toEqual([1, []]);
});

test('a call that is limited by a time waits as Retry-After says, and its last try is the first after that time', async () => {
  answers({ status: 503, headers: { 'retry-after': '7' } });
  const given = client.send({ ...ask, triedForMs: 20_000 }, shape);
  await expect(given).rejects.toMatchObject({ refusal: { status: 503, code: 'http_503' } });
  expect([gateway.calls.length, waits]).toEqual([4, [7_000, 7_000, 7_000]]);
});

test('a read is tried as often as all reads are', async () => {
  answers(later);
  await expect(client.get('/v1/ops/parked', shape)).rejects.toMatchObject({ refusal: { status: 503 } });
  expect(gateway.calls).toHaveLength(3);
});

test('once stopped nothing is tried again', async () => {
  answers(later);
  stop.abort();
  await expect(client.send({ ...ask, triesMax: 8 }, shape)).rejects.toThrow('503');
  expect([gateway.calls.length, waits]).toEqual([1, []]);
});

test('an answer of another shape is neither believed nor asked for again', async () => {
  answers({ status: 200, body: { id: 5 } });
  await expect(client.get('/', shape)).rejects.toMatchObject({ name: 'UnexpectedAnswer' });
  expect(gateway.calls).toHaveLength(1);
});

test('the status of an onboarding that is not there is a refusal, no status', async () => {
  answers({ status: 404, body: { code: 'onboarding_unknown' } });
  await expect(statusOf(client, { id: 'o-2' })).rejects.toMatchObject({
    refusal: { status: 404, code: 'onboarding_unknown' },
  });
});
