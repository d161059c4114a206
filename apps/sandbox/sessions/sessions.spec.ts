import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { secondDemoTenant } from '../demo-tenant.js';
import {
  employeeBody,
  newEmail,
  password,
  registerIndividual,
  registerOrganization,
  type Made,
} from '../testing/journeys.js';
import { runSandbox, type RunningSandbox } from '../testing/running-sandbox.js';
import { SandboxClient, type Reply } from '../testing/sandbox-client.js';
import { waitUntil } from '../../../test/wait-until.js';
import type { Claims } from './token.js';

let sandbox: RunningSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await runSandbox();
  client = await SandboxClient.loggedIn(sandbox.baseUrl);
});
afterAll(() => sandbox.close());

function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims;
}

function logInAs(kind: string, { id, userId, email }: Made, given = password): Promise<Reply> {
  const { tenantKey, tenantSecret } = client.tenant;
  return new SandboxClient(sandbox.baseUrl).post(
    `/api/v2.1/customer/${kind}/${id}/users/${userId}/sessions`,
    {
      username: email,
      password: given,
      tenantKey,
      tenantSecret,
    },
  );
}

describe('an admin', () => {
  it('gets a JWT of an hour whose session lasts a day (U19)', async () => {
    const { data } = await new SandboxClient(sandbox.baseUrl).logIn();
    const claims = claimsOf(String(data['token']));
    expect(claims.exp - claims.iat).toBe(3_600);
    expect(claims).toMatchObject({ iss: 'bff', aud: 'bff-clients', userType: 'ADMIN', roles: ['ADMIN'] });
    expect(data['expiresAt']).not.toMatch(/Z$/u);
  });

  it('is refused with 401 for a wrong secret, 400 without one, 403 at another organization (U20)', async () => {
    const stranger = new SandboxClient(sandbox.baseUrl);
    expect((await stranger.logIn({ password: 'wrong' })).status).toBe(401);
    expect((await stranger.logIn({ tenantSecret: 'wrong' })).status).toBe(401);
    const without = await stranger.logIn({ tenantKey: undefined });
    expect(without).toMatchObject({ status: 400, data: { errors: [{ field: 'tenantKey' }] } });
    const elsewhere = new SandboxClient(sandbox.baseUrl, {
      ...client.tenant,
      organizationId: secondDemoTenant.organizationId,
    });
    expect((await elsewhere.logIn()).status).toBe(403);
  });

  it('renews with the refresh token, once, and is out after logging out', async () => {
    const own = new SandboxClient(sandbox.baseUrl);
    const { data } = await own.logIn();
    const { organizationId, adminUserId } = own.tenant;
    const path = `/api/v2.1/admin/organization/${organizationId}/users/${adminUserId}/sessions/${String(data['sessionId'])}`;
    const body = { refreshToken: data['refreshToken'] };
    const renewed = await own.call('PUT', path, { body });
    expect(renewed.status).toBe(200);
    expect((await own.call('PUT', path, { body })).status).toBe(401);
    own.token = String(renewed.data['token']);
    expect((await own.get(path)).status).toBe(200);
    expect((await own.call('DELETE', path)).status).toBe(200);
    expect((await own.get(path)).status).toBe(401);
  });

  it('is out once the token has expired', async () => {
    const short = await runSandbox({ SANDBOX_TOKEN_LIFE_SECONDS: '1' });
    const own = await SandboxClient.loggedIn(short.baseUrl);
    const path = '/api/v2.1/webhooks/subscriptions';
    await waitUntil('the end of the session', async () => (await own.get(path)).status === 401);
    await short.close();
  });
});

describe('a customer', () => {
  it('acts for itself only, and not where an admin is asked for (U34)', async () => {
    const ona = await registerIndividual(client);
    const other = await registerIndividual(client);
    const own = new SandboxClient(sandbox.baseUrl);
    own.token = String((await logInAs('individual', ona)).data['token']);
    const base = '/api/v2.1/customer/individual';
    expect((await own.get(`${base}/${ona.id}/documents`)).status).toBe(200);
    expect((await own.get(`${base}/${other.id}/documents`)).status).toBe(403);
    const activation = { userId: ona.email, code: 'x' };
    expect(await own.post(`${base}/${ona.id}/activation`, activation)).toMatchObject({
      status: 403,
      data: { error: 'INSUFFICIENT_PERMISSIONS' },
    });
  });

  it('sees its own session, without token and password, and so does an admin; nobody else does', async () => {
    const ona = await registerIndividual(client);
    const login = await logInAs('individual', ona);
    const sessionId = String(login.data['sessionId']);
    const path = `/api/v2.1/customer/individual/${ona.id}/users/${ona.userId}/sessions/${sessionId}`;
    const own = new SandboxClient(sandbox.baseUrl);
    own.token = String(login.data['token']);
    const shown = await own.get(path);
    expect(shown.data).toEqual({
      sessionId,
      userId: ona.userId,
      customerId: ona.id,
      roles: login.data['roles'],
      expiresAt: login.data['expiresAt'],
    });
    expect((await client.get(path)).data).toEqual(shown.data);
    const other = new SandboxClient(sandbox.baseUrl);
    other.token = String((await logInAs('individual', await registerIndividual(client))).data['token']);
    expect((await other.get(path)).status).toBe(403);
    const second = await SandboxClient.loggedIn(sandbox.baseUrl, secondDemoTenant);
    expect((await second.get(path)).status).toBe(404);
  });

  it('is refused with 401 for a wrong password', async () => {
    expect((await logInAs('individual', await registerIndividual(client), 'Wrong-Password-1')).status).toBe(
      401,
    );
  });

  it('of an organization can log in a little after registration (U45)', async () => {
    const organization = await registerOrganization(client);
    expect((await logInAs('organization', organization)).status).toBe(401);
    await waitUntil('a login', async () => (await logInAs('organization', organization)).status === 200);
  });

  it('is an employee too, by the login that came with being added (c.3.2)', async () => {
    const { id } = await registerOrganization(client);
    const path = `/api/v2.1/customer/organization/${id}/employee`;
    const { data } = await client.post(path, employeeBody(newEmail()));
    const individual = data['individual'] as { userId: string; username: string; temporaryPassword: string };
    const { userId, username: email, temporaryPassword } = individual;
    expect((await logInAs('organization', { id, userId, email }, temporaryPassword)).status).toBe(200);
  });
});
