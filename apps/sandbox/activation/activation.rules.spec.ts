import { describe, expect, it } from '@jest/globals';
import { withConfirmedConsents, withConsent } from '../consents/consent.rules.js';
import { Refusal } from '../http/refusal.js';
import type { ConsentPath, Customer, Verification } from '../state/customer.js';
import {
  activatedIndividual,
  activatedOrganization,
  readiness,
  stateAt,
  type ActivationFacts,
} from './activation.rules.js';
import { walletAt } from './wallet.rules.js';

const context = { nowMs: 1_000, delayMs: 200, isLenient: false };
const approved = { status: 'APPROVED', level: 'TENANT_VERIFIED' } as Verification;

const registered = {
  id: 'c1',
  kind: 'individual',
  users: [{ id: 'u1', email: 'ona@example.test' }],
  employees: [],
  directors: [],
  shareholders: [],
  consents: {},
  wallet: { id: 'w1', iban: 'LT00' },
} as unknown as Customer;

function consented(customer: Customer, isPending = false): Customer {
  const grant = { id: 'x', version: '1', nowMs: 0, ipAddress: '', userAgent: '', isPending };
  const paths: ConsentPath[] = ['terms', 'privacy', 'data-processing'];
  return paths.reduce((before, path) => withConsent(before, path, grant), customer);
}

const ready: ActivationFacts = {
  customer: consented(registered),
  verifications: [approved],
  missingDocuments: [],
};
const organization = {
  ...consented(registered),
  kind: 'organization',
  employees: [{ roles: ['ADMIN_USER'] }],
  directors: [{}],
  shareholders: [{ ownershipPercentage: 33.3 }, { ownershipPercentage: 66.7 }],
} as unknown as Customer;
const readyOrganization: ActivationFacts = { ...ready, customer: organization };

function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('given an individual with everything', () => {
  it('when it is activated, then it is ACTIVE at once and its wallet follows (U14)', () => {
    const customer = activatedIndividual(ready, 'ONA@example.test', context);
    expect(stateAt(customer, 1_000)).toBe('ACTIVE');
    expect(walletAt(customer, false, { nowMs: 1_049, delayMs: 50 })).toEqual({
      walletId: 'w1',
      status: 'PENDING_ACTIVATION',
    });
    expect(walletAt(customer, false, { nowMs: 1_050, delayMs: 50 })).toMatchObject({
      status: 'ACTIVE',
      iban: 'LT00',
    });
  });

  it('when it is activated again, then it is 409, and readiness allows it no more', () => {
    const facts = { ...ready, customer: activatedIndividual(ready, 'u1', context) };
    expect(refusalOf(() => activatedIndividual(facts, 'u1', context)).status).toBe(409);
    expect(readiness(facts, context)).toMatchObject({ activationAllowed: false, consentOk: true });
  });

  it('when it is not activated yet, then there is a wallet without an IBAN; before it has everything there is none (U43)', () => {
    const times = { nowMs: 1_000, delayMs: 0 };
    expect(walletAt(registered, true, times)).toEqual({ walletId: 'w1', status: 'PENDING_ACTIVATION' });
    expect(walletAt(registered, false, times)).toBeUndefined();
  });
});

describe('given pending consents', () => {
  const pending = consented(registered, true);

  it('when it is activated, then it is 422 until readiness has confirmed them (U44)', () => {
    const facts = { ...ready, customer: pending };
    expect(refusalOf(() => activatedIndividual(facts, 'u1', context))).toMatchObject({
      status: 422,
      data: { missingStep: 'consents' },
    });
    const { customer, confirmed } = withConfirmedConsents(pending);
    expect(confirmed).toEqual(['terms', 'privacy', 'data-processing']);
    expect(activatedIndividual({ ...ready, customer }, 'u1', context).activeFrom).toBe(1_000);
  });

  it('when one is given again, then it stays as it was (U24)', () => {
    expect(consented(pending)).toEqual(pending);
  });
});

describe('given an organization', () => {
  const admin = ['ADMIN_USER'];

  it('when it has everything, then it is ACTIVATING for a while, then ACTIVE', () => {
    const { customer } = activatedOrganization(readyOrganization, admin, context);
    expect([1_000, 1_199, 1_200].map((nowMs) => stateAt(customer, nowMs))).toEqual([
      'ACTIVATING',
      'ACTIVATING',
      'ACTIVE',
    ]);
  });

  it('when the caller has no role for it, then it is 403', () => {
    expect(refusalOf(() => activatedOrganization(readyOrganization, ['EMPLOYEE'], context)).status).toBe(403);
  });

  it('when shares, directors or documents are missing, then it is 422 with each of them (U18, U38)', () => {
    const facts: ActivationFacts = {
      ...readyOrganization,
      customer: { ...organization, directors: [], shareholders: organization.shareholders.slice(1) },
      missingDocuments: ['DIRECTOR_ID'],
    };
    const { data } = refusalOf(() => activatedOrganization(facts, admin, context));
    expect(data['unmet']).toMatchObject([
      { check: 'director' },
      { check: 'shareholders', total: '66.7' },
      { check: 'documents', missingDocuments: ['DIRECTOR_ID'] },
    ]);
    expect(readiness(facts, context)).toMatchObject({
      canActivate: false,
      missingDocuments: ['DIRECTOR_ID'],
    });
  });

  it('when structure is lenient, then what it lacks are warnings', () => {
    const facts = { ...readyOrganization, customer: { ...organization, directors: [] } };
    const lenient = { ...context, isLenient: true };
    expect(activatedOrganization(facts, admin, lenient).warnings).toEqual(['There is no director']);
  });
});
