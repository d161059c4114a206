import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chooseCategory } from '#finhub-client/categories.js';
import { FinhubClient, type FinhubTenant } from '#finhub-client/client.js';
import { isFileNamed } from '#finhub-client/documents.js';
import { FinhubFailure } from '#finhub-client/failure.js';
import type { FinhubTenantSettings } from '#finhub-client/settings.js';
import * as applicants from '#finhub-client/testing/applicants.js';
import { startSandbox, type SandboxProcess } from './sandbox-process.js';
import { waitUntil } from './wait-until.js';

const password = 'Example-Pass-01';
const level = 'TENANT_VERIFIED';
const calls = ['verifications', 'customer-verification'] as const;

let sandbox: SandboxProcess;
let client: FinhubClient;

beforeAll(async () => {
  sandbox = await startSandbox({ SANDBOX_SWITCHES: 'strict-documents,strict-user-agent,consent-pending' });
});
afterEach(() => client.close());
afterAll(() => sandbox.close());

function tenantWith(changes: Partial<FinhubTenantSettings> = {}): FinhubTenant {
  const settings = { ...sandbox.settings, ...changes };
  client = new FinhubClient([settings]);
  return client.tenant(settings.tenantId);
}

describe('the client takes a journey through a strict sandbox without a refusal', () => {
  it.each(calls)(
    'an individual, verified through %s, from registration to an IBAN',
    async (verificationCall) => {
      const tenant = tenantWith({ verificationCall });
      const email = `ona.${verificationCall}@example.test`;
      const category = chooseCategory(await tenant.categories(), 'individual')!;
      const individual = { ...applicants.individual, email };
      const { customerId, userId } = await tenant.registerIndividual({ individual, password, category });
      const customer = { kind: 'individual', customerId } as const;
      expect(await tenant.verificationStatus(customer)).toBe('none');

      const { verificationId } = await tenant.openVerification({ ...customer, actingUserId: userId!, level });
      const file = { type: 'PASSPORT', mimeType: 'application/pdf', fileName: 'doc-1.pdf' } as const;
      const bytes = Buffer.from('%PDF-1.4 a passport');
      const content = () => pieces(bytes);
      await tenant.uploadDocument({ ...customer, verificationId, ...file, content, sizeBytes: bytes.length });
      const [listed] = await tenant.documents(customer);
      expect(isFileNamed(listed!.fileName, 'doc-1.pdf')).toBe(true);
      expect(listed!.type).toBe('PASSPORT');

      expect(await tenant.verificationStatus({ ...customer, verificationId })).toBe('open');
      expect(await tenant.approve({ ...customer, verificationId, comment: 'checked' })).toBe('approved');
      await acceptAll(tenant, customer);
      expect(await tenant.readiness(customer)).toMatchObject({
        isAllowed: true,
        verification: 'approved',
        missing: [],
      });
      expect(await tenant.activateIndividual({ customerId, email })).toEqual({ state: 'active' });
      expect(await ibanOf(tenant, customer)).toMatch(/^LT/u);
      expect(await tenant.activateIndividual({ customerId, email })).toEqual({ state: 'activating' });
    },
  );

  it('an organization, with personnel, from registration to an IBAN', async () => {
    const tenant = tenantWith();
    const category = chooseCategory(await tenant.categories(), 'organization')!;
    const { organization } = applicants;
    const { customerId } = await tenant.registerOrganization({ organization, password, category });
    const customer = { kind: 'organization', customerId } as const;

    const { userId } = await tenant.addEmployee(customerId, applicants.employee);
    const actingUserId = userId!;
    const director = {
      ...applicants.director,
      person: { ...applicants.director.person, email: 'd@canary.test' },
    };
    const { directorId } = await tenant.addDirector(customerId, director);
    const company = {
      type: 'CORPORATE',
      companyName: 'Holding',
      isBeneficialOwner: true,
      isPEP: false,
    } as const;
    await tenant.addShareholder(customerId, applicants.shareholder);
    await tenant.addShareholder(customerId, { ...company, ownershipPercentage: '66.6667' });
    expect(await tenant.employees(customerId)).toMatchObject([
      { userId, email: 'jonas@canary.test', name: 'Jonas Kanarėlis' },
    ]);
    expect(await tenant.directors(customerId)).toMatchObject([{ directorId, email: 'd@canary.test' }]);
    expect(await tenant.shareholders(customerId)).toMatchObject([
      { name: 'Rasa Kanarė', ownershipPercentage: '33.3333' },
      { name: 'Holding', ownershipPercentage: '66.6667' },
    ]);

    const { verificationId } = await tenant.openVerification({ ...customer, actingUserId, level });
    await uploadCorporate(tenant, { customerId, verificationId });
    expect(await tenant.approve({ ...customer, verificationId, comment: 'checked' })).toBe('approved');
    await acceptAll(tenant, customer);
    const activation = {
      organizationId: customerId,
      actingUserId,
      roles: ['ADMIN_USER'],
      reason: 'KYB done',
    };
    expect((await tenant.readiness(customer)).isAllowed).toBe(true);
    expect(await tenant.wallet(customer)).not.toHaveProperty('iban', expect.any(String));
    expect(await tenant.activateOrganization(activation)).toEqual({ state: 'activating' });
    expect(await ibanOf(tenant, customer)).toMatch(/^LT/u);
  });

  it('a second registration with the same e-mail is a rejection that names nobody', async () => {
    const tenant = tenantWith();
    const category = chooseCategory(await tenant.categories(), 'individual')!;
    const individual = { ...applicants.individual, email: 'twice@example.test' };
    await tenant.registerIndividual({ individual, password, category });
    const again = await tenant
      .registerIndividual({ individual, password, category })
      .catch((error: unknown) => error);
    expect(again).toBeInstanceOf(FinhubFailure);
    expect(again).toMatchObject({ kind: 'rejected', code: 'already_exists', status: 409 });
    expect(JSON.stringify(again)).not.toContain('twice@');
  });

  it('a webhook subscription is made, listed and removed', async () => {
    const tenant = tenantWith();
    const url = 'https://gateway.test/v1/webhooks/finhub';
    const events = ['customer.created'];
    const { subscriptionId } = await tenant.createSubscription({ url, events, secret: 'shared-secret' });
    expect(await tenant.subscriptions()).toEqual([{ subscriptionId, url, events }]);
    await tenant.deleteSubscription(subscriptionId);
    expect(await tenant.subscriptions()).toEqual([]);
  });

  it('an individual acts in a session of its own, and with a wrong password in none', async () => {
    const tenant = tenantWith();
    const category = chooseCategory(await tenant.categories(), 'individual')!;
    const email = 'login@example.test';
    const individual = { ...applicants.individual, email };
    const { customerId, userId } = await tenant.registerIndividual({ individual, password, category });
    const customer = { kind: 'individual', customerId } as const;
    const login = { ...customer, userId: userId!, username: email, password };
    expect(await tenant.as(login).documents(customer)).toEqual([]);
    await expect(tenant.as(login).categories()).rejects.toMatchObject({ code: 'forbidden' });
    const wrong = tenant.as({ ...login, password: 'Wrong-Password-01' }).documents(customer);
    await expect(wrong).rejects.toMatchObject({ kind: 'misconfigured', code: 'unauthorized' });
  });
});

type Customer = Parameters<FinhubTenant['wallet']>[0];

async function acceptAll(tenant: FinhubTenant, customer: Customer): Promise<void> {
  const signatory = { name: 'Jonas Kanarėlis', position: 'CEO', email: 'jonas@canary.test' };
  for (const type of ['terms', 'privacy', 'data-processing'] as const) {
    const consent = { ...applicants.consent, type };
    const isOrganization = customer.kind === 'organization';
    const accepted = await tenant.acceptConsent({
      ...customer,
      consent,
      ...(isOrganization && { signatory }),
    });
    expect(accepted).toEqual({ isAccepted: false });
  }
  expect((await tenant.readiness(customer)).missing).toEqual([]);
}

async function uploadCorporate(
  tenant: FinhubTenant,
  { customerId, verificationId }: { customerId: string; verificationId: string },
): Promise<void> {
  const types = [
    'CERTIFICATE_OF_INCORPORATION',
    'ARTICLES_OF_ASSOCIATION',
    'SHAREHOLDER_REGISTER',
    'DIRECTOR_ID',
    'BANK_STATEMENT',
    'BENEFICIAL_OWNERSHIP',
    'PROOF_OF_ADDRESS',
  ] as const;
  for (const type of types) {
    const bytes = Buffer.from(`%PDF-1.4 ${type}`);
    const file = { type, mimeType: 'application/pdf', fileName: `${type}.pdf` } as const;
    const document = { ...file, content: pieces(bytes), sizeBytes: bytes.length };
    await tenant.uploadDocument({ kind: 'organization', customerId, verificationId, ...document });
  }
}

function ibanOf(tenant: FinhubTenant, customer: Customer): Promise<string> {
  return waitUntil('a wallet with an IBAN', async () => (await tenant.wallet(customer))?.iban);
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, 5);
  yield await Promise.resolve(bytes.subarray(5));
}
