import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  activate,
  consent,
  decide,
  directorBody,
  documentBody,
  employeeBody,
  individualBody,
  newEmail,
  openVerification,
  organizationBody,
  readyIndividual,
  registerIndividual,
  registerOrganization,
  shareholderBody,
  upload,
  verificationBody,
} from '../testing/journeys.js';
import { runSandbox, type RunningSandbox } from '../testing/running-sandbox.js';
import { SandboxClient, type Reply } from '../testing/sandbox-client.js';
import { waitUntil } from '../../../test/wait-until.js';

const individuals = '/api/v2.1/customer/individual';
const organizations = '/api/v2.1/customer/organization';

let sandbox: RunningSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await runSandbox();
  client = await SandboxClient.loggedIn(sandbox.baseUrl);
});
afterAll(() => sandbox.close());

function register(body: Readonly<Record<string, unknown>>, timeLimitMs = 5_000): Promise<Reply> {
  return client.post(`${individuals}/registration`, body, { timeLimitMs });
}

async function countOf(key: string): Promise<number> {
  return (await client.ledger(key)).reduce((sum, { count }) => sum + count, 0);
}

describe('an e-mail or name with the tag', () => {
  it('conflict is refused with 409, always, and nobody is registered', async () => {
    const body = await individualBody(client, newEmail('conflict'));
    for (let times = 0; times < 3; times += 1) expect((await register(body)).status).toBe(409);
    expect(await countOf(`register:${client.tenant.tenantId}:${String(body['email'])}`)).toBe(0);
  });

  it('rate-limited gets 429 with Retry-After twice, then is registered', async () => {
    const body = await individualBody(client, newEmail('rate-limited'));
    for (let times = 0; times < 2; times += 1) {
      const { status, headers } = await register(body);
      expect([status, headers.get('retry-after')]).toEqual([429, '1']);
    }
    expect((await register(body)).status).toBe(200);
  });

  it('error-500 fails twice without effect, then is registered', async () => {
    const body = await individualBody(client, newEmail('error-500'));
    for (const expected of [500, 500, 200, 409]) expect((await register(body)).status).toBe(expected);
  });

  it('hang is never answered the first time and not registered; the second time it is', async () => {
    const body = await individualBody(client, newEmail('hang'));
    await expect(register(body, 150)).rejects.toThrow(/timeout/iu);
    expect(await countOf(`register:${client.tenant.tenantId}:${String(body['email'])}`)).toBe(0);
    expect((await register(body)).status).toBe(200);
  });

  it.each(['lost-answer', 'lost-answer-webhook'])(
    '%s is registered though the connection is cut',
    async (tag) => {
      const body = await individualBody(client, newEmail(tag));
      await expect(register(body)).rejects.toThrow();
      expect(await countOf(`register:${client.tenant.tenantId}:${String(body['email'])}`)).toBe(1);
      expect((await register(body)).status).toBe(409);
    },
  );

  it('works in the organization’s e-mail and legal name too', async () => {
    const body = await organizationBody(client, newEmail());
    const organization = { legalName: 'Baltic MAGIC:conflict UAB' };
    const named = { ...body, organizationCustomer: { customerName: 'Baltic', organization } };
    expect((await client.post(`${organizations}/registration`, named)).status).toBe(409);
    const mailed = { ...body, email: newEmail('error-500') };
    expect((await client.post(`${organizations}/registration`, mailed)).status).toBe(500);
  });

  it('lost-employee, lost-director and lost-shareholder adds the first and cuts the connection, once', async () => {
    const tags = ['lost-employee', 'lost-director', 'lost-shareholder'];
    const { id } = await registerOrganization(client, newEmail(...tags));
    for (const [kind, path, body] of [
      ['employee', 'employee', employeeBody(newEmail())],
      ['director', 'director', directorBody(newEmail())],
      ['shareholder', 'shareholders', shareholderBody(50)],
    ] as const) {
      await expect(client.post(`${organizations}/${id}/${path}`, body)).rejects.toThrow();
      expect(await countOf(`${kind}:${id}`)).toBe(1);
      expect((await client.post(`${organizations}/${id}/${path}`, body)).status).toBe(200);
      expect(await countOf(`${kind}:${id}`)).toBe(2);
    }
  });

  it('lost-verification, lost-upload and lost-activation does each and cuts the connection, once', async () => {
    const individual = await registerIndividual(
      client,
      newEmail('lost-verification', 'lost-upload', 'lost-activation'),
    );
    const { id } = individual;
    const body = verificationBody(client, id, 'IDENTITY_VERIFICATION');
    await expect(client.post('/api/v2.1/verifications', body)).rejects.toThrow();
    const [opened] = await client.ledger(`verification:${id}`);
    const verificationId = opened?.objectIds[0] ?? '';
    await expect(upload(client, verificationId, documentBody(id, 'PASSPORT'))).rejects.toThrow();
    const list = await client.get(`${individuals}/${id}/documents`);
    expect(list.data['documents']).toHaveLength(1);
    await decide(client, verificationId);
    await consent(client, 'individual', individual);
    await expect(activate(client, individual)).rejects.toThrow();
    expect((await activate(client, individual)).status).toBe(409);
    expect(await countOf(`activation:${id}`)).toBe(1);
    expect((await client.doubledKeys()).filter((key) => key.includes(id))).toEqual([]);
  });

  it('kyc-rejected is answered 200 with REJECTED by approving, and is never activated (U39)', async () => {
    const individual = await registerIndividual(client, newEmail('kyc-rejected'));
    const verificationId = await openVerification(client, individual);
    expect(await decide(client, verificationId)).toMatchObject({ status: 200, data: { status: 'REJECTED' } });
    await consent(client, 'individual', individual);
    expect((await activate(client, individual)).status).toBe(422);
  });

  it('kyb-slow is not decided by approving, but later by itself', async () => {
    const individual = await registerIndividual(client, newEmail('kyb-slow'));
    const verificationId = await openVerification(client, individual);
    await upload(client, verificationId, documentBody(individual.id, 'PASSPORT'));
    expect((await decide(client, verificationId)).data['status']).toBe('IN_PROGRESS');
    await waitUntil('the approval', async () => {
      const { data } = await client.get(`/api/v2.1/verifications/${verificationId}`);
      return data['status'] === 'APPROVED';
    });
  });

  it('consent-pending is refused activation until readiness has shown its consents accepted (U10, U44)', async () => {
    const individual = await readyIndividual(client, newEmail('consent-pending'));
    const { id } = individual;
    const again = await client.post(`${individuals}/${id}/consents/terms`, {
      accepted: true,
      version: '1.0',
    });
    expect(again.data).toMatchObject({ status: 'PENDING', isGranted: false });
    expect((await activate(client, individual)).status).toBe(422);
    const readiness = await client.get(
      `${individuals}/${id}/owner/${client.tenant.tenantId}/activation/check`,
    );
    expect(readiness.data).toMatchObject({ consentOk: true, activationAllowed: true });
    expect((await activate(client, individual)).status).toBe(200);
  });
});
