import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FinhubClient, type FinhubTenant } from './client.js';
import * as applicants from './testing/applicants.js';
import { answer, LocalFinhub, tenantUuid } from './testing/local-finhub.js';

let finhub: LocalFinhub;
let client: FinhubClient;
let tenant: FinhubTenant;
/** What FinHub answers, whole. */
let reply: unknown;

beforeAll(async () => {
  finhub = await LocalFinhub.start();
  client = new FinhubClient([finhub.settings()]);
  tenant = client.tenant(tenantUuid);
});
beforeEach(() => {
  finhub.respond = (_, response) => response.end(JSON.stringify(reply));
});
afterAll(async () => {
  await client.close();
  await finhub.close();
});

const { individual, consent } = applicants;
const person = { kind: 'individual', customerId: 'c-1' } as const;
const company = { kind: 'organization', customerId: 'o-1' } as const;
const category = { id: 'cat-1', name: 'Individual Standard' };
const register = () => tenant.registerIndividual({ individual, password: 'Example-Pass-01', category });

describe('every generation of answers is understood', () => {
  it.each([
    ['the normative envelope', { code: 200, message: 'ok', data: { customerId: 'c', userId: 'u' } }],
    [
      'the wide one',
      { success: true, code: 201, timestamp: 'x', message: '', data: { id: 'c', user: { id: 'u' } } },
    ],
    ['the oldest', { success: true, data: { customerId: 'c', id: 'other', userId: 'u' } }],
    [
      'the one with a redirect',
      { code: '200', redirectUrl: '/auth', data: { id: 'c', user: { userId: 'u' } } },
    ],
  ])('a registration in %s', async (_, envelope) => {
    reply = envelope;
    expect(await register()).toEqual({ customerId: 'c', userId: 'u' });
  });

  it('a registration without a user has none: the customer’s id is no user’s', async () => {
    reply = { code: 200, data: { id: 'c' } };
    expect(await register()).toEqual({ customerId: 'c', userId: undefined });
  });

  it('an employee’s id is no user’s, in an answer as in a list (c.3.3)', async () => {
    reply = { data: { employeeId: 'e-1' } };
    expect(await tenant.addEmployee('o-1', applicants.employee)).toEqual({ userId: undefined });
    const listed = { employeeId: 'e-1', firstName: 'Jonas', lastName: 'Demo', email: 'j@a.test' };
    reply = { data: { employees: [listed], pagination: { total: 1, page: 0, size: 20 } } };
    expect(await tenant.employees('o-1')).toEqual([
      { employeeId: 'e-1', userId: undefined, email: 'j@a.test', name: 'Jonas Demo' },
    ]);
    reply = { data: { employees: [{ ...listed, user: { id: 'u-1' } }] } };
    expect(await tenant.employees('o-1')).toMatchObject([{ employeeId: 'e-1', userId: 'u-1' }]);
  });

  it.each([
    ['success: false with a known reason', { success: false, error: { code: 'DUPLICATE_EMAIL' } }],
    ['a code of 409 under a 200', { code: 409, message: 'exists' }],
  ])('%s is the failure that it says', async (_, envelope) => {
    reply = envelope;
    await expect(register()).rejects.toMatchObject({ kind: 'rejected', code: 'already_exists', status: 409 });
  });

  it('categories come as a map or as a list', async () => {
    reply = { data: { categories: { B2B_SMALL: { databaseId: 'x', categoryName: 'Small' } } } };
    expect(await tenant.categories()).toEqual([{ key: 'B2B_SMALL', id: 'x', name: 'Small' }]);
    reply = { data: { categories: { SMALL: { databaseId: 'x', categoryId: 'B2B_SMALL' } } } };
    expect(await tenant.categories()).toEqual([
      { key: 'SMALL', id: 'x', name: 'SMALL', categoryId: 'B2B_SMALL' },
    ]);
    reply = { data: { categories: [{ id: 'y', name: 'Large', categoryId: 'B2B_LARGE' }] } };
    expect(await tenant.categories()).toEqual([{ key: 'B2B_LARGE', id: 'y', name: 'Large' }]);
  });

  it.each(['PENDING', 'IN_PROGRESS', 'INITIATED', 'PENDING_DOCUMENTS'])(
    'a verification that is %s is open',
    async (verificationStatus) => {
      reply = { data: { verificationStatus, verificationOk: false } };
      expect(await tenant.verificationStatus(person)).toBe('open');
    },
  );

  it('a verification whose status nobody knows is unknown, never none', async () => {
    reply = { data: { verificationOk: false } };
    expect(await tenant.verificationStatus(person)).toBe('unknown');
    reply = { data: { verificationStatus: 'ON_THE_MOON' } };
    expect(await tenant.verificationStatus(person)).toBe('unknown');
  });

  it('a verification that FinHub has no call for is unknown', async () => {
    finhub.respond = ({ path }, response) =>
      path.includes('/verifications/') ? response.writeHead(404).end('<html>') : answer(response, 200, {});
    expect(await tenant.verificationStatus({ ...person, verificationId: 'v' })).toBe('unknown');
  });

  it('readiness is read by its newer and its older names', async () => {
    reply = {
      data: {
        canActivate: false,
        consentOk: true,
        missingConsents: ['PRIVACY_POLICY'],
        verificationOk: true,
      },
    };
    expect(await tenant.readiness(company)).toEqual({
      isAllowed: false,
      verification: 'approved',
      missing: ['PRIVACY_POLICY'],
    });
    reply = { data: { activationAllowed: true, canActivate: false } };
    expect((await tenant.readiness(person)).isAllowed).toBe(true);
  });

  it('readiness says what is missing, and not of whom', async () => {
    const missingDirectorConsents = [
      'Jonas Kazlauskas: DATA_PROCESSING',
      'jonas@example.test',
      'JONAS_KAZLAUSKAS',
    ];
    reply = {
      data: { missingDirectorConsents, missingDocuments: ['DT_SOURCE_OF_FUNDS', 'Proof of address'] },
    };
    expect((await tenant.readiness(company)).missing).toEqual([
      '*** ***: DATA_PROCESSING',
      '***',
      '***',
      'DT_SOURCE_OF_FUNDS',
      'Proof of address',
    ]);
  });

  it.each([
    ['ACCEPTED', { data: { status: 'ACCEPTED' } }, true],
    ['PENDING', { data: { status: 'PENDING', isGranted: true } }, false],
    ['granted', { data: { isGranted: true } }, true],
    ['of an unknown status', { data: { status: 'EXPIRED' } }, false],
    ['without data', { code: 200, message: 'Success' }, true],
    ['that FinHub has had before', { code: 409, message: 'Already accepted' }, false],
  ])('a consent %s', async (_, envelope, isAccepted) => {
    reply = envelope;
    expect(await tenant.acceptConsent({ ...company, consent })).toEqual({ isAccepted });
  });

  it.each([
    [{ data: {} }, 'active', 'activating'],
    [{ data: { activation: { status: 'ACTIVATING' } } }, 'activating', 'activating'],
    [{ data: { activation: { status: 'ACTIVE' } } }, 'active', 'active'],
    [{ data: { activationStatus: 'ACTIVATED' } }, 'active', 'active'],
  ])('an activation that says %j', async (envelope, ofPerson, ofCompany) => {
    reply = envelope;
    const roles = ['ADMIN_USER'];
    expect(await tenant.activateIndividual({ customerId: 'c', email: 'a@b.test' })).toEqual({
      state: ofPerson,
    });
    const activation = { organizationId: 'o', actingUserId: 'u', roles, reason: 'done' };
    expect(await tenant.activateOrganization(activation)).toEqual({ state: ofCompany });
  });

  it('the wallet with an IBAN is preferred, and the active one of several', async () => {
    const wallets = [
      { id: '1', status: 'INACTIVE', iban: null },
      { id: '2', status: 'PENDING_ACTIVATION', iban: 'LT2' },
      { walletId: '3', status: 'ACTIVE', iban: 'LT3' },
    ];
    reply = { code: 200, data: wallets };
    expect(await tenant.wallet(person)).toEqual({ walletId: '3', iban: 'LT3', status: 'ACTIVE' });
    reply = { code: 200, data: wallets.slice(0, 1) };
    expect(await tenant.wallet(person)).toEqual({ walletId: '1', iban: undefined, status: 'INACTIVE' });
    reply = { code: 200, data: [] };
    expect(await tenant.wallet(person)).toBeUndefined();
  });

  it.each([404, 422])('a wallet that answers %i is not there yet', async (status) => {
    finhub.respond = (_, response) => answer(response, status, { error: 'NO_WALLET' });
    expect(await tenant.wallet(company)).toBeUndefined();
  });
});

describe('a verdict is FinHub’s, never assumed', () => {
  const decision = { ...person, verificationId: 'v-1', comment: 'checked' };

  it('a rejection in the answer to an approval is a rejection', async () => {
    reply = { data: { verificationId: 'v-1', status: 'REJECTED' } };
    expect(await tenant.approve(decision)).toBe('rejected');
  });

  it('a verdict without or with an unknown status is an unreadable answer', async () => {
    for (const data of [{}, { status: 'MAYBE' }]) {
      reply = { data };
      await expect(tenant.approve(decision)).rejects.toMatchObject({
        kind: 'unknown-outcome',
        code: 'unreadable_answer',
      });
    }
  });

  it('a closed verification is looked up', async () => {
    finhub.respond = ({ method }, response) =>
      method === 'POST'
        ? answer(response, 409, {})
        : answer(response, 200, { verificationStatus: 'REJECTED' });
    expect(await tenant.approve(decision)).toBe('rejected');
  });
});
