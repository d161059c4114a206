import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withLogContext } from '#platform/log-context.js';
import { withSpan } from '#platform/tracing.js';
import { FinhubClient, type FinhubTenant } from './client.js';
import * as applicants from './testing/applicants.js';
import { answer, LocalFinhub, tenantUuid, type Received } from './testing/local-finhub.js';
import { OpenapiValidator } from './testing/openapi-validator.js';

const validator = new OpenapiValidator();
const password = 'Example-Pass-01';
const category = { id: 'cat-1', name: 'Individual Standard' };
const person = { kind: 'individual', customerId: 'c-1' } as const;
const company = { kind: 'organization', customerId: 'o-1' } as const;
const signatory = { name: 'Jonas', position: 'CEO', email: 'jonas@canary.test' };
const opening = { actingUserId: 'u-1', level: 'TENANT_VERIFIED' } as const;
const file = { type: 'PASSPORT', fileName: 'd.pdf', mimeType: 'application/pdf', sizeBytes: 4 } as const;

let finhub: LocalFinhub;
let client: FinhubClient;
let tenant: FinhubTenant;

beforeAll(async () => {
  finhub = await LocalFinhub.start();
  client = new FinhubClient([finhub.settings({ tenantHeader: 'fh_alias' })]);
  tenant = client.tenant(tenantUuid);
});
beforeEach(() => {
  finhub.received.length = 0;
  finhub.respond = (_, response) => answer(response, 200, everything);
});
afterAll(async () => {
  await client.close();
  await finhub.close();
});

/** Every id under every name, so that any reader finds what it needs. */
const everything = {
  id: 'id-1',
  status: 'APPROVED',
  token: 't',
  categories: {},
  individual: { userId: 'u-1' },
  employees: [],
  directors: [],
  shareholders: [],
  documents: [],
  subscriptions: [],
  wallets: [{ id: 'w-1', iban: 'LT00', status: 'ACTIVE' }],
  verificationStatus: 'PENDING',
};

async function* content(): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from('%PDF'));
}

type Make = (on: FinhubTenant) => Promise<unknown>;
const { individual, organization, employee, director, shareholder, consent } = applicants;
const corporate = { ...shareholder, type: 'CORPORATE', companyName: 'Holding' } as const;

const calls: readonly [operation: string, make: Make][] = [
  ['getCategories', (on) => on.categories()],
  ['registerIndividual', (on) => on.registerIndividual({ individual, password, category })],
  ['registerOrganization', (on) => on.registerOrganization({ organization, password, category })],
  ['addEmployee', (on) => on.addEmployee('o-1', employee)],
  ['listEmployees', (on) => on.employees('o-1')],
  ['addDirector', (on) => on.addDirector('o-1', director)],
  ['listDirectors', (on) => on.directors('o-1')],
  ['addShareholder', (on) => on.addShareholder('o-1', shareholder)],
  ['addShareholder', (on) => on.addShareholder('o-1', corporate)],
  ['listShareholders', (on) => on.shareholders('o-1')],
  ['openVerification', (on) => on.openVerification({ ...person, ...opening })],
  ['openOrganizationVerification', (on) => on.openVerification({ ...company, ...opening })],
  [
    'uploadDocument',
    (on) => on.uploadDocument({ ...person, verificationId: 'v-1', ...file, content: content() }),
  ],
  ['uploadDocument', (on) => on.uploadDocument({ ...company, verificationId: 'v-1', ...file, content })],
  ['decideVerification', (on) => on.approve({ ...person, verificationId: 'v-1', comment: 'ok' })],
  ['decideVerification', (on) => on.approve({ ...company, verificationId: 'v-1', comment: 'ok' })],
  ['listIndividualDocuments', (on) => on.documents(person)],
  ['listOrganizationDocuments', (on) => on.documents(company)],
  ['acceptIndividualConsent', (on) => on.acceptConsent({ ...person, consent })],
  ['acceptOrganizationConsent', (on) => on.acceptConsent({ ...company, consent, signatory })],
  ['checkIndividualReadiness', (on) => on.readiness(person)],
  ['checkOrganizationReadiness', (on) => on.verificationStatus(company)],
  ['activateIndividual', (on) => on.activateIndividual({ customerId: 'c-1', email: individual.email })],
  [
    'activateOrganization',
    (on) =>
      on.activateOrganization({
        organizationId: 'o-1',
        actingUserId: 'u',
        roles: ['ADMIN_USER'],
        reason: 'done',
      }),
  ],
  ['listWallets', (on) => on.wallet(person)],
  ['listSubscriptions', (on) => on.subscriptions()],
  [
    'createSubscription',
    (on) => on.createSubscription({ url: 'https://a.test/h', events: ['e'], secret: 's' }),
  ],
  ['deleteSubscription', (on) => on.deleteSubscription('sub-1')],
];

describe('every call is as the description of FinHub has it, headers included', () => {
  it.each(calls)('%s', async (operation, make) => {
    await make(tenant);
    const [request] = finhub.received;
    expect(validator.judge(request!)).toBe(operation);
    expect(request!.headers).toMatchObject({ 'x-tenant-id': 'fh_alias', 'accept-encoding': 'identity' });
    expect(request!.headers['user-agent']).toMatch(/^finhub-onboarding\/|^Mozilla/u);
  });

  it('openCustomerVerification, where the tenant wants it', async () => {
    const other = new FinhubClient([finhub.settings({ verificationCall: 'customer-verification' })]);
    const identity = { documentType: 'PASSPORT', documentNumber: 'LT-1' } as const;
    await other.tenant(tenantUuid).openVerification({ ...person, ...opening, identity });
    expect(validator.judge(finhub.received[0]!)).toBe('openCustomerVerification');
    expect(JSON.parse(finhub.received[0]!.body)).toMatchObject({ verificationData: identity });
    await other.close();
  });

  it('openVerification for an organization, where FinHub has no other call for it', async () => {
    finhub.respond = ({ path }, response) =>
      path.endsWith('/verify') ? answer(response, 404, {}) : answer(response, 200, { verificationId: 'v-1' });
    expect(await tenant.openVerification({ ...company, ...opening })).toEqual({ verificationId: 'v-1' });
    expect(finhub.received.map((request) => validator.judge(request))).toEqual([
      'openOrganizationVerification',
      'openVerification',
    ]);
    expect(finhub.received[1]!.body).toBe(finhub.received[0]!.body);
  });

  it.each([400, 403, 409, 422, 500])(
    'a refusal of /verify with %i is no reason to try another call',
    async (status) => {
      finhub.respond = (_, response) => answer(response, status, {});
      await expect(tenant.openVerification({ ...company, ...opening })).rejects.toMatchObject({ status });
      expect(finhub.received).toHaveLength(1);
    },
  );

  it('getVerification, where readiness does not tell', async () => {
    finhub.respond = ({ method, path }, response) =>
      answer(
        response,
        200,
        method === 'GET' && path.includes('/verifications/') ? { status: 'REJECTED' } : {},
      );
    expect(await tenant.verificationStatus({ ...person, verificationId: 'v-1' })).toBe('rejected');
    expect(finhub.received.map((request) => validator.judge(request))).toEqual([
      'checkIndividualReadiness',
      'getVerification',
    ]);
  });

  it('getOrganizationWalletStatus, where the wallets have no IBAN', async () => {
    finhub.respond = ({ path }, response) =>
      path.endsWith('/wallet-status')
        ? answer(response, 200, { walletId: 'w', iban: 'LT1' })
        : answer(response, 404, {});
    expect(await tenant.wallet(company)).toEqual({ walletId: 'w', iban: 'LT1', status: '' });
    expect(finhub.received.map((request) => validator.judge(request))).toEqual([
      'listWallets',
      'getOrganizationWalletStatus',
    ]);
  });
});

describe('what is sent', () => {
  const sent = () => JSON.parse(finhub.received[0]!.body) as Record<string, unknown>;
  const headers = (): Received['headers'] => finhub.received[0]!.headers;

  it('a consent comes from the address and with the user agent of the applicant, as far as a header can hold it', async () => {
    await tenant.acceptConsent({ ...person, consent });
    expect(headers()).toMatchObject({
      'x-forwarded-for': '203.0.113.77',
      'user-agent': 'Mozilla/5.0 (Canarybrowser ?)',
    });
    expect(sent()).toEqual({ accepted: true, version: '1.0', acceptanceTimestamp: '2030-01-01T10:00:00Z' });
  });

  it('a registration comes from the applicant’s address when that is known', async () => {
    const origin = { ipAddress: '2001:db8::7', userAgent: 'Mozilla' };
    await tenant.registerIndividual({ individual, password, category, origin });
    expect(headers()).toMatchObject({ 'x-forwarded-for': '2001:db8::7', 'user-agent': 'Mozilla' });
  });

  it('a registration of either kind repeats the tenant', async () => {
    await tenant.registerIndividual({ individual, password, category });
    await tenant.registerOrganization({ organization, password, category });
    const [ofPerson, ofCompany] = finhub.received.map(({ body }) => JSON.parse(body) as unknown);
    expect(ofPerson).toMatchObject({ individualCustomer: { tenantId: tenantUuid } });
    expect(ofCompany).toMatchObject({ organizationCustomer: { tenantId: tenantUuid } });
  });

  it('an organization’s calls say who acts', async () => {
    await tenant.openVerification({ ...company, ...opening });
    expect(headers()).toMatchObject({ 'x-user-id': 'u-1', 'x-user-roles': 'ADMIN_USER' });
    expect(sent()).toMatchObject({ type: 'BUSINESS_VERIFICATION', requestedByTenantId: tenantUuid });
  });

  it('an employee’s call names the organization of its path in a header too', async () => {
    for (const call of [() => tenant.addEmployee('o-1', employee), () => tenant.employees('o-1')]) {
      finhub.received.length = 0;
      await call();
      expect(headers()).toMatchObject({ 'x-organization-id': 'o-1' });
    }
  });

  it('an organization without a trading name trades under its legal one', async () => {
    const { tradingName: _, ...plain } = organization;
    await tenant.registerOrganization({ organization: plain, password, category });
    const { legalName } = organization;
    expect(sent()).toMatchObject({
      organizationCustomer: { organization: { legalName, tradingName: legalName } },
    });
  });

  it('a verification is asked for by the acting user', async () => {
    await tenant.openVerification({ ...person, ...opening });
    expect(sent()).toMatchObject({ customerId: 'c-1', requestedByUserId: 'u-1' });
  });

  it('countries are names, genders of personnel numbers, shares exact', async () => {
    await tenant.registerIndividual({ individual, password, category });
    expect(sent()).toMatchObject({
      nationality: 'Lithuania',
      gender: 'FEMALE',
      individualCustomer: { person: { addresses: [{ country: 'Lithuania', isPrimary: true }] } },
    });
    finhub.received.length = 0;
    await tenant.addEmployee('o-1', employee);
    expect(sent()).toMatchObject({
      person: { gender: '1', nationality: 'Germany', fullName: 'Jonas Kanarėlis' },
    });
    finhub.received.length = 0;
    await tenant.addShareholder('o-1', shareholder);
    expect(finhub.received[0]!.body).toContain('"ownershipPercentage":33.3333');
  });

  it('each request has an id of its own, and the onboarding’s as a UUID of version 4', async () => {
    const onboardingId = '6d1f5a0e-3c52-5b8f-9a41-0f6e2d7c8b90';
    const v4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u;
    await withLogContext({ onboardingId }, () => tenant.employees('o-1'));
    await withLogContext({ onboardingId }, () => tenant.directors('o-1'));
    await tenant.subscriptions();
    const ids = finhub.received.map(({ headers }) => String(headers['x-request-id']));
    const correlated = finhub.received.map(({ headers }) => String(headers['x-correlation-id']));
    expect(new Set(ids).size).toBe(3);
    for (const id of [...ids, ...correlated]) expect(id).toMatch(v4);
    expect(correlated).toEqual([
      '6d1f5a0e-3c52-4b8f-9a41-0f6e2d7c8b90',
      '6d1f5a0e-3c52-4b8f-9a41-0f6e2d7c8b90',
      ids[2],
    ]);
  });

  it('the trace context goes along', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await withSpan('step', { parentTraceparent: traceparent }, () => tenant.employees('o-1'));
    expect(headers()).toMatchObject({ traceparent });
  });

  it('an id cannot leave its place in a path', async () => {
    await tenant.employees('a/../b?c#d');
    expect(finhub.received[0]!.path).toBe('/api/v2.1/customer/organization/a%2F..%2Fb%3Fc%23d/employees');
  });

  it('the tenant’s UUID is the token’s where the tenant is named by an alias', async () => {
    const other = new FinhubClient([finhub.settings({ tenantId: 'fh_api_demo' })]);
    await other.tenant('fh_api_demo').openVerification({ ...person, ...opening });
    expect(headers()).toMatchObject({ 'x-tenant-id': 'fh_api_demo' });
    expect(sent()).toMatchObject({ requestedByTenantId: tenantUuid });
    await other.close();
  });
});
