import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { secondDemoTenant } from './demo-tenant.js';
import {
  activate,
  activateOrganization,
  consent,
  decide,
  directorBody,
  documentBody,
  employeeBody,
  individualBody,
  newEmail,
  openVerification,
  organizationBody,
  organizationDocuments,
  password,
  readyIndividual,
  readyOrganization,
  registerIndividual,
  registerOrganization,
  shareholderBody,
  staffedOrganization,
  openBusinessVerification,
  upload,
  verificationBody,
  wallets,
} from './testing/journeys.js';
import { runSandbox, type RunningSandbox } from './testing/running-sandbox.js';
import { SandboxClient } from './testing/sandbox-client.js';

const individuals = '/api/v2.1/customer/individual';
const organizations = '/api/v2.1/customer/organization';

let sandbox: RunningSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await runSandbox();
  client = await SandboxClient.loggedIn(sandbox.baseUrl);
});
afterAll(() => sandbox.close());

describe('headers and tokens', () => {
  const categorization = `${individuals}/categorization/hierarchy/x`;

  it('names all headers that are missing in one 400 (U21)', async () => {
    const headers = { 'X-Tenant-ID': undefined, 'X-Forwarded-From': undefined, deviceId: undefined };
    const { status, data } = await client.get(categorization, { headers });
    expect(status).toBe(400);
    expect(data).toMatchObject({
      error: 'MISSING_HEADERS',
      missing: ['X-Tenant-ID', 'X-Forwarded-From', 'deviceId'],
    });
  });

  it('takes the other names of platform and device', async () => {
    const headers = {
      platform: undefined,
      'sec-ch-ua-platform': 'web',
      deviceId: undefined,
      'device-id': 'd',
    };
    const path = `${individuals}/categorization/hierarchy/${client.tenant.tenantId}`;
    expect((await client.get(path, { headers })).status).toBe(200);
  });

  it('asks for the acting user on organization verify and activation only', async () => {
    const headers = { 'X-User-ID': undefined, 'X-User-Roles': undefined };
    const path = `${organizations}/none/activation`;
    const { status, data } = await client.post(path, { activationReason: 'x' }, { headers });
    expect(status).toBe(400);
    expect(data['missing']).toEqual(['X-User-ID', 'X-User-Roles']);
  });

  it('refuses an unknown tenant and the token of another one with 403, no token with 401', async () => {
    const path = `${individuals}/categorization/hierarchy/${client.tenant.tenantId}`;
    const unknown = await client.get(path, { headers: { 'X-Tenant-ID': 'nobody' } });
    expect([unknown.status, unknown.data['error']]).toEqual([403, 'UNKNOWN_TENANT']);
    const other = await client.get(path, { headers: { 'X-Tenant-ID': secondDemoTenant.tenantId } });
    expect([other.status, other.data['error']]).toEqual([403, 'TENANT_MISMATCH']);
    for (const Authorization of [undefined, 'Bearer forged.to.ken'])
      expect((await client.get(path, { headers: { Authorization } })).status).toBe(401);
  });

  it('takes the alias of a tenant for its UUID (U33b)', async () => {
    const headers = { 'X-Tenant-ID': client.tenant.alias };
    const path = `${individuals}/categorization/hierarchy/${client.tenant.tenantId}`;
    expect((await client.get(path, { headers })).status).toBe(200);
  });

  it("gives no tenant another one's customer", async () => {
    const individual = await registerIndividual(client);
    const second = await SandboxClient.loggedIn(sandbox.baseUrl, secondDemoTenant);
    const path = `${individuals}/${individual.id}/documents`;
    expect((await second.get(path)).status).toBe(404);
    expect((await client.get(path)).status).toBe(200);
  });

  it('answers what is no JSON, no route or too large in the envelope, and lives on', async () => {
    const broken = await fetch(`${sandbox.baseUrl}${individuals}/registration`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"firstName": "O',
    });
    expect([broken.status, ((await broken.json()) as { code: number }).code]).toEqual([400, 400]);
    expect((await client.get('/api/v2.1/nothing')).body).toMatchObject({ code: 404 });
    const huge = await client.post(`${individuals}/registration`, { firstName: 'x'.repeat(32_000_000) });
    expect(huge.body).toMatchObject({ code: 413 });
  });
});

describe('registration', () => {
  it('refuses different passwords, a weak one, and wrong formats, each by its field (U29, U42)', async () => {
    const body = await individualBody(client, newEmail());
    const faulty = [
      [{ matchingPassword: 'Another-Pass-01' }, 'matchingPassword'],
      [{ password: 'short', matchingPassword: 'short' }, 'password'],
      [{ phone: '860000001' }, 'phone'],
      [{ dateOfBirth: '03.02.1991' }, 'dateOfBirth'],
      [{ email: 'nobody' }, 'email'],
      [{ lastName: undefined }, 'lastName'],
    ] as const;
    for (const [change, field] of faulty) {
      const { status, data } = await client.post(`${individuals}/registration`, { ...body, ...change });
      expect(status).toBe(400);
      expect(data['errors']).toEqual([expect.objectContaining({ field })]);
    }
  });

  it('refuses a category that is unknown, misnamed or of the other kind, in the form of b.5', async () => {
    const body = await individualBody(client, newEmail());
    const { customerCategory: other } = await organizationBody(client, newEmail());
    for (const customerCategory of [{ id: 'cat-x', name: 'Individual Standard' }, other]) {
      const { status, body: answered } = await client.post(`${individuals}/registration`, {
        ...body,
        customerCategory,
      });
      expect(status).toBe(400);
      expect(answered).toMatchObject({ message: 'Categorization validation failed' });
    }
  });

  it('refuses a second customer with the same e-mail or registration number with 409 and no id (U24)', async () => {
    const body = await organizationBody(client, newEmail());
    expect((await client.post(`${organizations}/registration`, body)).status).toBe(200);
    const sameEmail = await client.post(`${organizations}/registration`, body);
    expect(sameEmail).toMatchObject({ status: 409, data: { error: 'DUPLICATE_EMAIL' } });
    expect(sameEmail.data).not.toHaveProperty('customerId');
    const sameNumber = await client.post(`${organizations}/registration`, { ...body, email: newEmail() });
    expect(sameNumber).toMatchObject({ status: 409, data: { error: 'DUPLICATE_REGISTRATION_NUMBER' } });
  });

  it('lets two tenants have a customer with the same e-mail', async () => {
    const { email } = await registerIndividual(client);
    const second = await SandboxClient.loggedIn(sandbox.baseUrl, secondDemoTenant);
    expect((await registerIndividual(second, email)).email).toBe(email);
  });
});

describe('personnel', () => {
  it('refuses a first employee without ADMIN_USER with 400 and the documented sentence (U16)', async () => {
    const { id } = await registerOrganization(client);
    const { status, body } = await client.post(
      `${organizations}/${id}/employee`,
      employeeBody(newEmail(), ['EMPLOYEE']),
    );
    expect(status).toBe(400);
    expect(body['message']).toMatch(/BUSINESS_TYPE_CLIENT_TO_TENANT.*ADMIN_USER/u);
  });

  it('refuses directors, shareholders and verification before the first employee with 422 and the step (U35)', async () => {
    const organization = await registerOrganization(client);
    const base = `${organizations}/${organization.id}`;
    const verification = verificationBody(client, organization.id, 'BUSINESS_VERIFICATION');
    for (const [path, body] of [
      [`${base}/director`, directorBody(newEmail())],
      [`${base}/shareholders`, shareholderBody(100)],
      [`${base}/verify`, verification],
    ] as const)
      expect(await client.post(path, body)).toMatchObject({ status: 422, data: { missingStep: 'employee' } });
  });

  it('adds up shares exactly, refuses what passes 100 % with 422, all or none of a list (U15, U36)', async () => {
    const { id } = await registerOrganization(client);
    await client.post(`${organizations}/${id}/employee`, employeeBody(newEmail()));
    const path = `${organizations}/${id}/shareholders`;
    const thirds = [33.3, 33.3, 33.4].map((share, index) => shareholderBody(share, `Demo${index}`));
    expect((await client.post(path, thirds)).status).toBe(200);
    expect(await client.post(path, shareholderBody(0.01))).toMatchObject({
      status: 422,
      data: { error: 'SHARES_OVER_100', before: '100' },
    });
    const { data } = await client.get(`/api/v2/organizations/${id}/shareholders`);
    expect(data['shareholders']).toHaveLength(3);
  });

  it('lists what was added, page by page (b.6)', async () => {
    const { id } = await registerOrganization(client);
    const path = `${organizations}/${id}/employee`;
    for (let index = 0; index < 3; index += 1) await client.post(path, employeeBody(newEmail()));
    const { data } = await client.get(`${path}s?page=1&size=2`);
    expect(data).toMatchObject({ pagination: { total: 3, page: 1, size: 2 } });
    expect(data['employees']).toHaveLength(1);
    expect((await client.get(`${path}s?page=x`)).status).toBe(400);
  });
});

describe('verification and documents', () => {
  it('refuses the other kind of type, another tenant, and an unknown customer', async () => {
    const { id } = await registerIndividual(client);
    const wrong = verificationBody(client, id, 'BUSINESS_VERIFICATION');
    expect((await client.post('/api/v2.1/verifications', wrong)).status).toBe(400);
    const right = verificationBody(client, id, 'IDENTITY_VERIFICATION');
    const foreign = { ...right, requestedByTenantId: secondDemoTenant.tenantId };
    expect((await client.post('/api/v2.1/verifications', foreign)).status).toBe(403);
    expect((await client.post('/api/v2.1/verifications', { ...right, customerId: 'x' })).status).toBe(404);
  });

  it('refuses documents that are no base64, too large, of an unknown type or without an owner with 400 (U30)', async () => {
    const individual = await registerIndividual(client);
    const verificationId = await openVerification(client, individual);
    const good = documentBody(individual.id, 'PASSPORT');
    const eleven = Buffer.alloc(11 * 1_024 * 1_024).toString('base64');
    for (const change of [
      { fileContent: '%%%%' },
      { fileContent: eleven },
      { documentType: 'LIBRARY_CARD' },
      { mimeType: 'text/plain' },
      { fileName: 'passport' },
      { customerId: undefined },
      { customerId: 'somebody-else' },
      { verificationId: 'another' },
    ])
      expect([change, (await upload(client, verificationId, { ...good, ...change })).status]).toEqual([
        change,
        400,
      ]);
    expect((await upload(client, 'unknown', good)).status).toBe(404);
    expect(await client.ledger(`document:${verificationId}`)).toEqual([]);
  });

  it('takes 20 MB of financial statements (U41)', async () => {
    const organization = await staffedOrganization(client);
    const verificationId = await openBusinessVerification(client, organization);
    const fileContent = Buffer.alloc(20 * 1_024 * 1_024).toString('base64');
    const body = { ...documentBody(organization.id, 'FINANCIAL_STATEMENTS'), fileContent };
    expect((await upload(client, verificationId, body)).status).toBe(200);
  });

  it('echoes the type with DT_ and plain, and lists it for the customer as verified once approved (U7, U24)', async () => {
    const individual = await registerIndividual(client);
    const verificationId = await openVerification(client, individual);
    const { data } = await upload(client, verificationId, documentBody(individual.id, 'PASSPORT'));
    expect(data).toMatchObject({ documentType: 'DT_PASSPORT', fileType: 'PASSPORT', status: 'UPLOADED' });
    await decide(client, verificationId);
    const list = await client.get(`${individuals}/${individual.id}/documents`);
    expect(list.data['documents']).toMatchObject([{ fileName: 'passport.pdf', status: 'VERIFIED' }]);
  });

  it('is PENDING, IN_PROGRESS after a document, then closed: no document, no other verdict, the same one again (U6, U31, U39)', async () => {
    const individual = await registerIndividual(client);
    const verificationId = await openVerification(client, individual);
    const path = `/api/v2.1/verifications/${verificationId}`;
    const passport = documentBody(individual.id, 'PASSPORT');
    expect((await client.get(path)).data['status']).toBe('PENDING');
    await upload(client, verificationId, passport);
    expect((await client.get(path)).data['status']).toBe('IN_PROGRESS');
    expect((await decide(client, verificationId)).data['status']).toBe('APPROVED');
    expect((await upload(client, verificationId, passport)).status).toBe(409);
    expect((await decide(client, verificationId, 'REJECTED')).status).toBe(409);
    expect(await decide(client, verificationId)).toMatchObject({ status: 200, data: { status: 'APPROVED' } });
  });

  it('rejects by /approve with REJECTED and by /reject, after which another may be opened (U8)', async () => {
    const individual = await registerIndividual(client);
    const first = await openVerification(client, individual);
    expect((await decide(client, first, 'REJECTED')).data['status']).toBe('REJECTED');
    const second = await openVerification(client, individual);
    const rejected = await client.post(`/api/v2.1/verifications/${second}/reject`, { comment: 'unreadable' });
    expect(rejected.data['status']).toBe('REJECTED');
    expect(await client.doubledKeys()).not.toContain(`verification:${individual.id}`);
  });
});

describe('consents and activation', () => {
  it('refuses a consent that is not accepted, or of an unknown kind', async () => {
    const { id } = await registerIndividual(client);
    const refused = { accepted: false, version: '1.0' };
    expect((await client.post(`${individuals}/${id}/consents/terms`, refused)).status).toBe(400);
    const path = `${individuals}/${id}/consents/marketing`;
    expect((await client.post(path, { accepted: true, version: '1.0' })).status).toBe(400);
  });

  it('lists everything an individual lacks in one 422, keeps its wallet at 404, and activates once (U18, U24, U43)', async () => {
    const individual = await registerIndividual(client);
    const refused = await activate(client, individual);
    expect(refused.status).toBe(422);
    expect(refused.data['unmet']).toMatchObject([{ check: 'verification' }, { check: 'consents' }]);
    expect((await wallets(client, individual, 'B2C')).status).toBe(404);
    const ready = await readyIndividual(client);
    expect((await activate(client, ready)).status).toBe(200);
    expect((await activate(client, ready)).status).toBe(409);
  });

  it("refuses somebody else's userId at activation and takes the e-mail or the id (U12)", async () => {
    const individual = await readyIndividual(client);
    expect((await activate(client, { ...individual, email: 'nobody@example.test' })).status).toBe(400);
    expect((await activate(client, { ...individual, email: individual.userId })).status).toBe(200);
  });

  it('lists everything an organization lacks in one 422 (U18)', async () => {
    const organization = await registerOrganization(client);
    const { status, data } = await activateOrganization(client, organization);
    expect(status).toBe(422);
    expect((data['unmet'] as { check: string }[]).map(({ check }) => check)).toEqual([
      'adminUser',
      'director',
      'shareholders',
      'verification',
      'consents',
      'documents',
    ]);
  });

  it('approves an organization without all documents, but then activates it never (U38)', async () => {
    const organization = await staffedOrganization(client);
    const verificationId = await openBusinessVerification(client, organization);
    await upload(client, verificationId, documentBody(organization.id, 'DIRECTOR_IDS'));
    expect((await decide(client, verificationId)).data['status']).toBe('APPROVED');
    await consent(client, 'organization', organization);
    const { status, data } = await activateOrganization(client, organization);
    expect(status).toBe(422);
    expect(data['missingDocuments']).toEqual(organizationDocuments.filter((type) => type !== 'DIRECTOR_ID'));
  });

  it('refuses to activate for a caller that is neither ADMIN_USER nor COMPLIANCE_OFFICER', async () => {
    const organization = await readyOrganization(client);
    const headers = { 'X-User-Roles': 'EMPLOYEE' };
    const path = `${organizations}/${organization.id}/activation`;
    expect((await client.post(path, { activationReason: 'x' }, { headers })).status).toBe(403);
    expect((await activateOrganization(client, organization)).status).toBe(200);
  });
});

it('keeps the password of a customer out of every answer', async () => {
  const body = await individualBody(client, newEmail());
  expect((await client.post(`${individuals}/registration`, body)).text).not.toContain(password);
});
