import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '#platform/clock.js';
import { FinhubClient, type FinhubTenant } from './client.js';
import { employee } from './testing/applicants.js';
import { answer, jwt, LocalFinhub, type Received } from './testing/local-finhub.js';
import { OpenapiValidator } from './testing/openapi-validator.js';

const validator = new OpenapiValidator();
const credentials = { username: 'ona@example.test', password: 'Example-Pass-01', userId: 'u-1' };

/** Each kind of session: whose calls are made in it, and the operation that logs in. */
const kinds: readonly [kind: string, of: (tenant: FinhubTenant) => FinhubTenant, login: string][] = [
  ['the admin', (admin) => admin, 'createAdminSession'],
  [
    'an individual',
    (admin) => admin.as({ kind: 'individual', customerId: 'c-1', ...credentials }),
    'createCustomerSession',
  ],
  [
    'an organization’s user',
    (admin) => admin.as({ kind: 'organization-user', organizationId: 'o-1', ...credentials }),
    'createOrganizationUserSession',
  ],
];

let finhub: LocalFinhub;
let client: FinhubClient;
let nowMs: number;

const clock: Clock = { now: () => new Date(), monotonicMs: () => nowMs };

beforeEach(async () => {
  nowMs = 1_000;
  finhub = await LocalFinhub.start();
  client = new FinhubClient([finhub.settings()], { clock });
  finhub.respond = (_, response) => answer(response, 200, { employees: [] });
});
afterEach(async () => {
  await client.close();
  await finhub.close();
});

describe.each(kinds)('the session of %s', (_, of, loginOperation) => {
  let tenant: FinhubTenant;
  beforeEach(() => {
    tenant = of(client.tenant(finhub.settings().tenantId));
  });

  it('is one login for 500 callers at once', async () => {
    await Promise.all(Array.from({ length: 500 }, () => tenant.employees('org')));
    expect(finhub.logins).toBe(1);
    expect(finhub.received).toHaveLength(500);
  });

  it('is a login as the API describes it, with the tenant’s key and secret where they are configured', async () => {
    let login: Received | undefined;
    const asBefore = finhub.respondToLogin;
    finhub.respondToLogin = (request, response) => asBefore((login = request), response);
    await tenant.employees('org');
    expect(validator.judge(login!)).toBe(loginOperation);
    expect(JSON.parse(login!.body)).toEqual({
      username: expect.any(String),
      password: expect.any(String),
      tenantKey: 'tenant-key',
      tenantSecret: 'tenant-secret',
    });
    expect(login!.headers.authorization).toBeUndefined();
  });

  it('is used until 60 s before its token ends, by the difference of the token’s own times', async () => {
    await tenant.employees('org');
    nowMs += 3_539_000;
    await tenant.employees('org');
    expect(finhub.logins).toBe(1);
    nowMs += 2_000;
    await tenant.employees('org');
    await tenant.employees('org');
    expect(finhub.logins).toBe(2);
  });

  it.each([0, -3600])(
    'is used for a while where its token says that it lives for %s s',
    async (lifetimeS) => {
      finhub.respondToLogin = (_, response) => answer(response, 200, { token: jwt({ lifetimeS }) });
      await tenant.employees('org');
      nowMs += 600_000;
      await tenant.employees('org');
      expect(finhub.logins).toBe(1);
    },
  );

  it('goes on with the good token while its renewal fails, and logs in anew once it has ended', async () => {
    await tenant.employees('org');
    const asBefore = finhub.respondToLogin;
    finhub.respondToLogin = (_, response) => answer(response, 500, null);
    nowMs += 3_541_000;
    await expect(tenant.employees('org')).resolves.toEqual([]);
    nowMs += 60_000;
    finhub.respondToLogin = asBefore;
    await expect(tenant.employees('org')).resolves.toEqual([]);
  });

  it('is made anew once after a 401, for all who were refused, and the call is sent again', async () => {
    let valid = 0;
    finhub.respondToLogin = (_, response) =>
      answer(response, 200, { token: jwt({ lifetimeS: 3600, jti: finhub.logins }) });
    finhub.respond = (request, response) => {
      const isValid = request.headers.authorization === `Bearer ${jwt({ lifetimeS: 3600, jti: valid })}`;
      answer(response, isValid ? 200 : 401, isValid ? { individual: { userId: 'u-1' } } : null);
    };
    valid = 2;
    const added = await Promise.all(Array.from({ length: 50 }, () => tenant.addEmployee('org', employee)));
    expect(added).toHaveLength(50);
    expect(finhub.logins).toBe(2);
    expect(finhub.received).toHaveLength(100);
  });

  it('is made anew only once: a second 401 is a misconfiguration', async () => {
    finhub.respond = (_, response) => answer(response, 401, { error: 'UNAUTHORIZED' });
    const call = tenant.addEmployee('org', employee);
    await expect(call).rejects.toMatchObject({
      kind: 'misconfigured',
      code: 'unauthorized',
      endpoint: 'addEmployee',
    });
    expect(finhub.logins).toBe(2);
    expect(new Set(finhub.received.map(({ headers }) => headers['x-request-id'])).size).toBe(2);
  });

  it('that cannot be made leaves the call surely not done', async () => {
    finhub.respondToLogin = (_, response) => answer(response, 503, null);
    const failing = tenant.addEmployee('org', employee);
    await expect(failing).rejects.toMatchObject({
      kind: 'not-done',
      code: 'server_error',
      endpoint: loginOperation,
    });
    expect(finhub.received).toHaveLength(0);
  });

  it('that is refused is a misconfiguration, and does not storm the door', async () => {
    finhub.respondToLogin = (_, response) => answer(response, 401, { errorType: 'INVALID_CREDENTIALS' });
    const refused = { kind: 'misconfigured', code: 'unauthorized' };
    for (let call = 0; call < 20; call += 1)
      await expect(tenant.employees('org')).rejects.toMatchObject(refused);
    expect(finhub.logins).toBe(1);
    nowMs += 1_001;
    await expect(tenant.employees('org')).rejects.toMatchObject(refused);
    expect(finhub.logins).toBe(2);
  });

  it('is read from the top of the answer too, and as accessToken', async () => {
    finhub.respondToLogin = (_, response) => {
      response.end(JSON.stringify({ accessToken: 'opaque-token', expiresIn: 600 }));
    };
    await tenant.employees('org');
    expect(finhub.received[0]?.headers.authorization).toBe('Bearer opaque-token');
  });

  it('lets a caller go who gives up while it is made, and serves the others', async () => {
    const abort = new AbortController();
    const asBefore = finhub.respondToLogin;
    finhub.respondToLogin = (request, response) => {
      abort.abort();
      setImmediate(asBefore, request, response);
    };
    const impatient = { signal: abort.signal, timeLimitMs: 5_000, beforeSend: () => undefined };
    const [given, kept] = await Promise.allSettled([
      tenant.employees('org', impatient),
      tenant.employees('org'),
    ]);
    const reason = { kind: 'not-done', code: 'call_aborted', endpoint: loginOperation };
    expect(given).toMatchObject({ status: 'rejected', reason });
    expect(kept).toEqual({ status: 'fulfilled', value: [] });
  });
});

describe('sessions of several', () => {
  it('are kept apart: each call goes with the token of whose it is', async () => {
    finhub.respondToLogin = ({ body }, response) =>
      answer(response, 200, { token: (JSON.parse(body) as { username: string }).username, expiresIn: 600 });
    const admin = client.tenant(finhub.settings().tenantId);
    for (const [, of] of kinds) await of(admin).employees('org');
    await admin.employees('org');
    const [ofAdmin, ofOna] = ['admin@tenant.test', credentials.username].map((name) => `Bearer ${name}`);
    expect(finhub.received.map(({ headers }) => headers.authorization)).toEqual([
      ofAdmin,
      ofOna,
      ofOna,
      ofAdmin,
    ]);
    expect(finhub.logins).toBe(3);
  });
});
