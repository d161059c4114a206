import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  decide,
  documentBody,
  newEmail,
  openBusinessVerification,
  openVerification,
  organizationDocuments,
  registerIndividual,
  staffedOrganization,
  upload,
  verificationBody,
} from '../testing/journeys.js';
import { runSandbox, type RunningSandbox } from '../testing/running-sandbox.js';
import { SandboxClient } from '../testing/sandbox-client.js';
import { waitUntil } from '../../../test/wait-until.js';

const individuals = '/api/v2.1/customer/individual';

let sandbox: RunningSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await runSandbox();
  client = await SandboxClient.loggedIn(sandbox.baseUrl);
});
afterAll(() => sandbox.close());

async function statusOf(of: SandboxClient, verificationId: string): Promise<unknown> {
  return (await of.get(`/api/v2.1/verifications/${verificationId}`)).data['status'];
}

describe('the calls that open a verification', () => {
  it('open one each for an individual: /verifications in the wider envelope, /{customerId}/verification in the plain one (U1)', async () => {
    const one = await registerIndividual(client);
    const wide = await client.post(
      '/api/v2.1/verifications',
      verificationBody(client, one.id, 'IDENTITY_VERIFICATION'),
    );
    expect(wide.body).toMatchObject({
      success: true,
      code: 200,
      data: { status: 'PENDING', verificationType: 'KYC' },
    });
    expect(wide.data['id']).toBe(wide.data['verificationId']);
    const other = await registerIndividual(client);
    const body = {
      verificationType: 'STANDARD',
      verificationData: { documentType: 'PASSPORT', documentNumber: '1' },
    };
    const plain = await client.post(`${individuals}/${other.id}/verification`, body);
    expect(plain.data).toMatchObject({ customerId: other.id, status: 'PENDING', level: 'TENANT_VERIFIED' });
    expect(await client.doubledKeys()).toEqual([]);
  });

  it('make a second one when called again, whichever is called: the ledger counts a double (U24)', async () => {
    const individual = await registerIndividual(client);
    await openVerification(client, individual);
    await client.post(`${individuals}/${individual.id}/verification`, { verificationType: 'STANDARD' });
    await client.post(`${individuals}/${individual.id}/verification/initiate`);
    const key = `verification:${individual.id}`;
    const [entry] = await client.ledger(key);
    expect(entry).toMatchObject({ key, count: 3 });
    expect(new Set(entry?.objectIds).size).toBe(3);
    expect(await client.doubledKeys()).toContain(key);
  });

  it('open a KYB one for an organization by /verify, or by /verifications as the fallback', async () => {
    const organization = await staffedOrganization(client);
    const verificationId = await openBusinessVerification(client, organization);
    const { data } = await client.get(`/api/v2.1/verifications/${verificationId}`);
    expect(data).toMatchObject({ verificationType: 'KYB', requiredDocuments: organizationDocuments });
    const other = await staffedOrganization(client);
    const body = verificationBody(client, other.id, 'BUSINESS_VERIFICATION');
    expect((await client.post('/api/v2.1/verifications', body)).status).toBe(200);
  });
});

it('tells what documents an organization’s verification needs, before one is opened (c.3.9)', async () => {
  const { id } = await staffedOrganization(client);
  const path = (customerId: string) =>
    `/api/v2.1/customer/organization/${customerId}/verification/requirements`;
  expect((await client.get(path(id))).data).toEqual({
    organizationId: id,
    verificationLevel: 'TENANT_VERIFIED',
    requiredDocuments: organizationDocuments,
  });
  expect((await client.get(path((await registerIndividual(client)).id))).status).toBe(404);
});

it('refuses a rejection that names another verification or no verification type, by /reject too', async () => {
  const individual = await registerIndividual(client);
  const verificationId = await openVerification(client, individual);
  const path = `/api/v2.1/verifications/${verificationId}/reject`;
  for (const body of [{ verificationId: 'another' }, { verificationType: 'GUESS' }, { comment: 7 }])
    expect((await client.post(path, body)).status).toBe(400);
  expect(await statusOf(client, verificationId)).toBe('PENDING');
  expect((await client.post(path)).data).toMatchObject({ verificationId, status: 'REJECTED' });
});

describe('a verification that nobody decides', () => {
  it('stays open where SANDBOX_AUTO_DECISION_MS is not set', async () => {
    const individual = await registerIndividual(client);
    const verificationId = await openVerification(client, individual);
    await upload(client, verificationId, documentBody(individual.id, 'PASSPORT'));
    expect(await statusOf(client, verificationId)).toBe('IN_PROGRESS');
  });

  it('decides itself once all required documents are there, by the applicant’s tag (U7)', async () => {
    const deciding = await runSandbox({ SANDBOX_AUTO_DECISION_MS: '20' });
    const own = await SandboxClient.loggedIn(deciding.baseUrl);
    for (const [tags, verdict] of [
      [[], 'APPROVED'],
      [['kyc-rejected'], 'REJECTED'],
    ] as const) {
      const individual = await registerIndividual(own, newEmail(...tags));
      const verificationId = await openVerification(own, individual);
      await upload(own, verificationId, documentBody(individual.id, 'SELFIE'));
      expect(await statusOf(own, verificationId)).toBe('IN_PROGRESS');
      await upload(own, verificationId, documentBody(individual.id, 'NATIONAL_ID'));
      await waitUntil(verdict, async () => (await statusOf(own, verificationId)) === verdict);
    }
    await deciding.close();
  });
});

it('refuses approval with documents missing under the switch strict-documents (U7)', async () => {
  const strict = await runSandbox({ SANDBOX_SWITCHES: 'strict-documents' });
  const own = await SandboxClient.loggedIn(strict.baseUrl);
  const verificationId = await openVerification(own, await registerIndividual(own));
  expect(await decide(own, verificationId)).toMatchObject({
    status: 422,
    data: { missingDocuments: ['GOVERNMENT_ID'] },
  });
  await strict.close();
});
