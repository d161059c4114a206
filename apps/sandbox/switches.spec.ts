import { afterEach, describe, expect, it } from '@jest/globals';
import { secondDemoTenant } from './demo-tenant.js';
import {
  activate,
  activateOrganization,
  consent,
  decide,
  documentBody,
  employeeBody,
  individualBody,
  newEmail,
  openBusinessVerification,
  organizationDocuments,
  password,
  readyIndividual,
  registerOrganization,
  upload,
  type Made,
} from './testing/journeys.js';
import { runSandbox, type RunningSandbox } from './testing/running-sandbox.js';
import { SandboxClient } from './testing/sandbox-client.js';

let sandbox: RunningSandbox;

afterEach(() => sandbox.close());

async function clientUnder(switches: string, env: Record<string, string> = {}): Promise<SandboxClient> {
  sandbox = await runSandbox({ SANDBOX_SWITCHES: switches, ...env });
  return SandboxClient.loggedIn(sandbox.baseUrl);
}

describe('the switch', () => {
  it('strict-user-agent asks for a User-Agent (U21)', async () => {
    const client = await clientUnder('strict-user-agent');
    const headers = { 'User-Agent': ' ' };
    const { status, data } = await client.get('/api/v2.1/webhooks/subscriptions', { headers });
    expect([status, data['missing']]).toEqual([400, ['User-Agent']]);
  });

  it('login-without-keys lets in without tenant key and secret, but not with wrong ones (U20)', async () => {
    const client = await clientUnder('login-without-keys');
    expect((await client.logIn({ tenantKey: undefined, tenantSecret: undefined })).status).toBe(200);
    expect((await client.logIn({ tenantSecret: 'wrong' })).status).toBe(401);
  });

  it('show-activation-code and conflict-shows-customer say more (U11, U24)', async () => {
    const client = await clientUnder('show-activation-code,conflict-shows-customer');
    const body = await individualBody(client, newEmail());
    const path = '/api/v2.1/customer/individual/registration';
    const { data } = await client.post(path, body);
    expect(data['activationCode']).toMatch(/^[0-9A-F]{8}$/u);
    expect((await client.post(path, body)).data['customerId']).toBe(data['customerId']);
  });

  it('consent-pending makes every consent wait for readiness (U10)', async () => {
    const client = await clientUnder('consent-pending');
    const individual = await readyIndividual(client);
    expect((await activate(client, individual)).status).toBe(422);
  });

  it('lenient-structure activates an organization without a director or shareholders, with warnings (U18)', async () => {
    const client = await clientUnder('lenient-structure');
    const organization = await registerOrganization(client);
    const base = `/api/v2.1/customer/organization/${organization.id}`;
    await client.post(`${base}/employee`, employeeBody(newEmail()));
    const verificationId = await openBusinessVerification(client, organization);
    for (const type of organizationDocuments)
      await upload(client, verificationId, documentBody(organization.id, type));
    await decide(client, verificationId);
    await consent(client, 'organization', organization);
    expect((await client.get(`${base}/activation/readiness`)).data['canActivate']).toBe(true);
    const { status, data } = await activateOrganization(client, organization);
    expect(status).toBe(200);
    const { warnings } = data['activation'] as { warnings: string[] };
    expect(warnings.slice(0, 2)).toEqual(['There is no director', 'The shares are not 100 %']);
  });

  it('lenient-bearer lets a customer do what is for admins (U34)', async () => {
    const client = await clientUnder('lenient-bearer');
    const individual = await readyIndividual(client);
    client.token = await customerToken(client, individual);
    expect((await activate(client, individual)).status).toBe(200);
  });

  it('documented-events-only keeps what is assumed from subscribers (U26)', async () => {
    const client = await clientUnder('documented-events-only');
    const path = '/api/v2.1/webhooks/subscriptions';
    const events = ['customer.created', 'verification.submitted'];
    const url = `${sandbox.baseUrl}/api/v2.1/test/webhook-receiver`;
    const { data } = await client.post(path, { url, events });
    await readyIndividual(client);
    const delivered = await client.get(`${path}/${String(data['webhookId'])}/deliveries`);
    expect(delivered.data['deliveries']).toMatchObject([{ eventType: 'customer.created' }]);
  });
});

async function customerToken(client: SandboxClient, { id, userId, email }: Made): Promise<string> {
  const { tenantKey, tenantSecret } = client.tenant;
  const path = `/api/v2.1/customer/individual/${id}/users/${userId}/sessions`;
  const { data } = await client.post(path, { username: email, password, tenantKey, tenantSecret });
  return String(data['token']);
}

it('answers 429 with Retry-After to a tenant over its rate limit, and to no other (U23)', async () => {
  const client = await clientUnder('', { SANDBOX_RATE_LIMIT_PER_SECOND: '5' });
  const calls = Array.from({ length: 20 }, () => client.get('/api/v2.1/webhooks/subscriptions'));
  const refused = (await Promise.all(calls)).filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect((await new SandboxClient(sandbox.baseUrl, secondDemoTenant).logIn()).status).toBe(200);
});
