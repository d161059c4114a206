import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../http/refusal.js';
import type { Customer } from '../state/customer.js';
import {
  shareholderKey,
  shareTotal,
  withDirector,
  withEmployee,
  withShareholders,
} from './personnel.rules.js';

const chance = { nowMs: Date.parse('2030-01-02T03:04:05Z'), newId: () => 'new', passwordHash: 'hash' };
const empty = { id: 'o1', users: [], employees: [], directors: [], shareholders: [] } as unknown as Customer;
const person = { firstName: 'Jonas', lastName: 'Demo', email: 'jonas@example.test' };
const staffed = withEmployee(empty, { person, roles: ['ADMIN_USER'] }, chance);

function holder(ownershipPercentage: number, more: object = {}) {
  return {
    type: 'INDIVIDUAL' as const,
    firstName: 'Rasa',
    lastName: 'Demo',
    ownershipPercentage,
    isBeneficialOwner: true,
    ...more,
  };
}

function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('given an organization without personnel', () => {
  it('when the first employee is no ADMIN_USER, then it is 400; with it there is a login too', () => {
    expect(refusalOf(() => withEmployee(empty, { person, roles: ['EMPLOYEE'] }, chance)).status).toBe(400);
    expect(staffed.users).toMatchObject([{ email: person.email, roles: ['ADMIN_USER'] }]);
  });

  it('when a director or shareholder comes, then it is 422 with the step that is missing', () => {
    const director = { person, role: 'MANAGING_DIRECTOR' };
    for (const act of [
      () => withDirector(empty, director, chance),
      () => withShareholders(empty, [holder(100)], chance),
    ])
      expect(refusalOf(act)).toMatchObject({ status: 422, data: { missingStep: 'employee' } });
  });
});

describe('given an organization with its admin', () => {
  it('when a further employee comes without ADMIN_USER, then it is added', () => {
    expect(withEmployee(staffed, { person, roles: ['EMPLOYEE'] }, chance).employees).toHaveLength(2);
  });

  it('when a director comes in either form, then it is added, appointed today unless it says when', () => {
    const nested = withDirector(staffed, { person, role: 'MANAGING_DIRECTOR' }, chance);
    const flat = withDirector(
      nested,
      { ...person, role: 'EXECUTIVE_DIRECTOR', appointedDate: '2020-05-05' },
      chance,
    );
    expect(flat.directors).toMatchObject([
      { firstName: 'Jonas', appointedDate: '2030-01-02' },
      { lastName: 'Demo', appointedDate: '2020-05-05' },
    ]);
  });

  it('when shares are decimals, then they add up exactly', () => {
    const { shareholders } = withShareholders(staffed, [holder(0.1), holder(0.2), holder(99.7)], chance);
    expect(shareTotal(shareholders).toString()).toBe('100');
  });

  it('when shares pass 100 %, then it is 422 and says what there was', () => {
    const full = withShareholders(staffed, [holder(99.99)], chance);
    expect(refusalOf(() => withShareholders(full, [holder(0.02)], chance))).toMatchObject({
      status: 422,
      data: { error: 'SHARES_OVER_100', before: '99.99', total: '100.01' },
    });
  });

  it('when a person with 25 % is not declared beneficial owner, then it is 422; below or a company it is fine', () => {
    const undeclared = { isBeneficialOwner: false };
    expect(refusalOf(() => withShareholders(staffed, [holder(25, undeclared)], chance)).data.error).toBe(
      'BENEFICIAL_OWNER_NOT_DECLARED',
    );
    const company = { type: 'CORPORATE' as const, companyName: 'Demo UAB', ownershipPercentage: 75.01 };
    const fine = withShareholders(staffed, [holder(24.99, undeclared), company], chance);
    expect(fine.shareholders).toHaveLength(2);
  });

  it('when a name is missing for its type, then it is 400 by its field', () => {
    const nameless = { type: 'CORPORATE' as const, ownershipPercentage: 1 };
    expect(refusalOf(() => withShareholders(staffed, [nameless], chance)).data['errors']).toMatchObject([
      { field: 'companyName' },
    ]);
  });
});

it('takes a shareholder for the same by type, name and share', () => {
  const [one, again, other] = withShareholders(
    staffed,
    [holder(10), holder(10, { firstName: ' RASA' }), holder(10.5)],
    chance,
  ).shareholders;
  expect(shareholderKey(again!)).not.toBe(shareholderKey(other!));
  expect(shareholderKey(one!)).toBe('INDIVIDUAL:rasa demo:10');
});
