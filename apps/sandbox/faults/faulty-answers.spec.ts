import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { individualBody, newEmail } from '../testing/journeys.js';
import { runSandbox, type RunningSandbox } from '../testing/running-sandbox.js';
import { SandboxClient, type Reply } from '../testing/sandbox-client.js';
import { waitUntil } from '../../../test/wait-until.js';

let sandbox: RunningSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await runSandbox();
  client = await SandboxClient.loggedIn(sandbox.baseUrl);
});
afterEach(async () => {
  await client.call('DELETE', '/_sandbox/faults');
});
afterAll(() => sandbox.close());

interface Tried {
  /** The first answer, or the error in place of one. */
  readonly reply: Reply | undefined;
  readonly isDone: () => Promise<boolean>;
}

/** Registers somebody while the fault is on, once. */
async function registerUnder(kind: string, more: object = {}, timeLimitMs = 2_000): Promise<Tried> {
  const email = newEmail();
  const body = await individualBody(client, email);
  await client.addFault({ endpoint: 'registerIndividual', kind, times: 1, ...more });
  const reply = await client
    .post('/api/v2.1/customer/individual/registration', body, { timeLimitMs })
    .catch(() => undefined);
  const key = `register:${client.tenant.tenantId}:${email}`;
  return { reply, isDone: async () => (await client.ledger(key)).length === 1 };
}

describe('without effect', () => {
  it.each([
    ['error-before', {}, 500],
    ['error-before', { status: 502 }, 502],
    ['outage', {}, 503],
    ['redirect', {}, 302],
    ['rate-limit', {}, 429],
    ['rate-limit-date', {}, 429],
    ['revoked-token', {}, 401],
  ])('%s %o answers %i', async (kind, more, status) => {
    const { reply, isDone } = await registerUnder(kind, more);
    expect([reply?.status, await isDone()]).toEqual([status, false]);
    client = await SandboxClient.loggedIn(sandbox.baseUrl);
  });

  it('hang never answers', async () => {
    const { reply, isDone } = await registerUnder('hang', {}, 150);
    expect([reply, await isDone()]).toEqual([undefined, false]);
  });
});

describe('with effect', () => {
  it('error-after answers 500 though it is done', async () => {
    const { reply, isDone } = await registerUnder('error-after');
    expect([reply?.status, await isDone()]).toEqual([500, true]);
  });

  it('lost-answer cuts the connection though it is done', async () => {
    const { reply, isDone } = await registerUnder('lost-answer');
    expect([reply, await isDone()]).toEqual([undefined, true]);
  });

  it('late-effect never answers, and does it after the client has given up', async () => {
    const { reply, isDone } = await registerUnder('late-effect', { delayMs: 300 }, 100);
    expect([reply, await isDone()]).toEqual([undefined, false]);
    await waitUntil('the effect', isDone);
  });

  it('delay answers as ever, later', async () => {
    const startedMs = performance.now();
    const { reply, isDone } = await registerUnder('delay', { delayMs: 120 });
    expect([reply?.status, await isDone()]).toEqual([200, true]);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(115);
  });

  it.each([
    ['html', /^<!doctype html>/u],
    ['empty', /^$/u],
    ['truncated', /^\{"code":200.*[^}]$/u],
    ['wrong-envelope', /^\{"result":"ok","payload":\[\{"id":/u],
    ['unknown-enum', /"customerStatus":"SOMETHING_NEW"/u],
  ])('%s answers 200 with what cannot be read', async (kind, pattern) => {
    const { reply, isDone } = await registerUnder(kind);
    expect([reply?.status, await isDone()]).toEqual([200, true]);
    expect(reply?.text).toMatch(pattern);
  });

  it('huge answers with 10 MB more', async () => {
    const { reply, isDone } = await registerUnder('huge', {}, 20_000);
    expect(reply?.text.length).toBeGreaterThan(10_000_000);
    expect(await isDone()).toBe(true);
  });
});

describe('the switchboard', () => {
  it('says when to come back, in seconds or as a date (U23)', async () => {
    const seconds = await registerUnder('rate-limit', { delayMs: 2_500 });
    expect(seconds.reply?.headers.get('retry-after')).toBe('3');
    const date = await registerUnder('rate-limit-date', { delayMs: 60_000 });
    const waitMs = Date.parse(date.reply?.headers.get('retry-after') ?? '') - Date.now();
    expect(waitMs).toBeGreaterThan(50_000);
    expect(waitMs).toBeLessThan(61_000);
  });

  it('lists faults with how often they struck, and switches one off by its id', async () => {
    const id = await client.addFault({ endpoint: 'registerIndividual', kind: 'outage' });
    const body = await individualBody(client, newEmail());
    const path = '/api/v2.1/customer/individual/registration';
    for (let times = 0; times < 2; times += 1) expect((await client.post(path, body)).status).toBe(503);
    const listed = await client.get('/_sandbox/faults');
    expect(listed.body['faults']).toMatchObject([{ id, kind: 'outage', struck: 2 }]);
    expect((await client.call('DELETE', `/_sandbox/faults/${id}`)).status).toBe(200);
    expect((await client.post(path, body)).status).toBe(200);
  });

  it('refuses a fault that it does not know, by its field', async () => {
    const { status, data } = await client.post('/_sandbox/faults', {
      endpoint: '*',
      kind: 'gremlin',
      tims: 1,
    });
    expect([status, data['error']]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('refuses a fault of an operation that there is not: it would never strike', async () => {
    const fault = { endpoint: 'registerPerson', kind: 'hang' };
    expect((await client.post('/_sandbox/faults', fault)).status).toBe(400);
    expect((await client.get('/_sandbox/faults')).body['faults']).toEqual([]);
  });
});
