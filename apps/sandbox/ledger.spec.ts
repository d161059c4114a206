import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  activate,
  decide,
  directorBody,
  documentBody,
  employeeBody,
  individualBody,
  newEmail,
  openVerification,
  readyIndividual,
  registerIndividual,
  registerOrganization,
  shareholderBody,
  upload,
} from './testing/journeys.js';
import { runSandbox, type RunningSandbox } from './testing/running-sandbox.js';
import { SandboxClient } from './testing/sandbox-client.js';

let sandbox: RunningSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await runSandbox();
  client = await SandboxClient.loggedIn(sandbox.baseUrl);
});
afterAll(() => sandbox.close());

describe('the ledger', () => {
  it('counts a registration once, however often it is refused afterwards', async () => {
    const email = newEmail();
    const body = await individualBody(client, email);
    for (const expected of [200, 409, 409])
      expect((await client.post('/api/v2.1/customer/individual/registration', body)).status).toBe(expected);
    const key = `register:${client.tenant.tenantId}:${email}`;
    expect(await client.ledger(key)).toMatchObject([{ key, count: 1, isOnceOnly: true }]);
  });

  it('counts a repeated employee, director and shareholder as doubled, and names both objects (U24)', async () => {
    const { id } = await registerOrganization(client);
    const base = `/api/v2.1/customer/organization/${id}`;
    const email = newEmail();
    for (let times = 0; times < 2; times += 1) {
      await client.post(`${base}/employee`, employeeBody(email));
      await client.post(`${base}/director`, directorBody(email.toUpperCase()));
      await client.post(`${base}/shareholders`, shareholderBody(50));
    }
    const expected = [
      `employee:${id}:${email}`,
      `director:${id}:${email}`,
      `shareholder:${id}:INDIVIDUAL:rasa demo:50`,
    ];
    const doubled = await client.doubledKeys();
    expect(doubled).toEqual(expect.arrayContaining(expected));
    for (const key of expected) {
      const [entry] = await client.ledger(key);
      expect(entry?.count).toBe(2);
      expect(new Set(entry?.objectIds).size).toBe(2);
    }
    const lists = await Promise.all([client.get(`${base}/employees`), client.get(`${base}/directors`)]);
    expect(lists.map(({ data }) => (data['pagination'] as { total: number }).total)).toEqual([2, 2]);
  });

  it('takes the same type with the same name or content for the same document, others for others (U40)', async () => {
    const individual = await registerIndividual(client);
    const verificationId = await openVerification(client, individual);
    const passport = documentBody(individual.id, 'PASSPORT');
    const other = Buffer.from('another scan').toString('base64');
    await upload(client, verificationId, passport);
    await upload(client, verificationId, { ...passport, documentType: 'PROOF_OF_ADDRESS' });
    await upload(client, verificationId, { ...passport, fileName: 'second.pdf', fileContent: other });
    const prefix = `document:${verificationId}`;
    expect((await client.ledger(prefix)).map(({ count }) => count)).toEqual([1, 1, 1]);
    await upload(client, verificationId, { ...passport, fileName: 'renamed.pdf' });
    await upload(client, verificationId, { ...passport, fileContent: other.replace('a', 'b') });
    const doubled = (await client.ledger(prefix)).filter(({ count }) => count > 1);
    expect(doubled).toHaveLength(1);
    expect(doubled).toMatchObject([{ count: 3 }]);
  });

  it('counts repeated consents and approvals, but never as doubled (U24)', async () => {
    const individual = await readyIndividual(client);
    const { id } = individual;
    const path = `/api/v2.1/customer/individual/${id}/consents/terms`;
    const again = await client.post(path, { accepted: true, version: '2.0' });
    expect(again.data).toMatchObject({ status: 'ACCEPTED', version: '1.0' });
    const [verification] = await client.ledger(`verification:${id}`);
    const verificationId = verification?.objectIds[0] ?? '';
    await decide(client, verificationId);
    expect(await client.ledger(`consent:${id}:TERMS_AND_CONDITIONS`)).toMatchObject([
      { count: 2, isOnceOnly: false },
    ]);
    expect(await client.ledger(`approve:${verificationId}`)).toMatchObject([{ count: 2 }]);
    expect((await client.doubledKeys()).filter((key) => key.includes(id))).toEqual([]);
  });

  it('counts an activation once and not its refusals', async () => {
    const individual = await readyIndividual(client);
    for (const expected of [200, 409]) expect((await activate(client, individual)).status).toBe(expected);
    expect(await client.ledger(`activation:${individual.id}`)).toMatchObject([{ count: 1 }]);
  });
});

describe('the counters', () => {
  it('count requests per operation with their answers, and per second and tenant', async () => {
    await client.post('/_sandbox/reset');
    const { body } = await client.get('/_sandbox/counters');
    expect(body).toEqual({ operations: {}, requestsPerSecond: {} });
    await client.logIn();
    await client.logIn({ password: 'wrong' });
    const counted = (await client.get('/_sandbox/counters')).body;
    expect(counted['operations']).toMatchObject({
      createAdminSession: { requests: 2, byStatus: { 200: 1 } },
    });
    const perSecond = (counted['requestsPerSecond'] as Record<string, Record<string, number>>)[
      client.tenant.tenantId
    ];
    expect(Object.values(perSecond ?? {}).reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});

describe('the list of requests', () => {
  it('tells the calls about an applicant, with their times, whichever id they name', async () => {
    const before = Date.now();
    const own = await SandboxClient.loggedIn(sandbox.baseUrl);
    const email = newEmail();
    const individual = await registerIndividual(own, email.toUpperCase());
    await registerIndividual(own, newEmail());
    const verificationId = await openVerification(own, individual);
    await upload(own, verificationId, documentBody(individual.id, 'PASSPORT'));
    const { body } = await own.get(`/_sandbox/requests?applicant=${encodeURIComponent(email)}`);
    const requests = body['requests'] as { operation: string; at: number; applicant: string }[];
    expect(requests.map(({ operation }) => operation)).toEqual([
      'registerIndividual',
      'openVerification',
      'uploadDocument',
    ]);
    for (const { at, applicant } of requests) {
      expect(applicant).toBe(email);
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(Date.now());
    }
  });
});

describe('a reset', () => {
  it('forgets customers, sessions, faults and the ledger', async () => {
    const own = await SandboxClient.loggedIn(sandbox.baseUrl);
    const email = newEmail();
    await registerIndividual(own, email);
    await own.addFault({ endpoint: '*', kind: 'error-before' });
    await own.post('/_sandbox/reset');
    expect(await own.ledger('')).toEqual([]);
    expect((await own.get('/_sandbox/faults')).body).toEqual({ faults: [] });
    expect((await own.get('/api/v2.1/webhooks/subscriptions')).status).toBe(401);
    const again = await SandboxClient.loggedIn(sandbox.baseUrl);
    expect((await registerIndividual(again, email)).email).toBe(email);
  });
});
