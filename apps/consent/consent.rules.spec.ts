import { describe, expect, it } from '@jest/globals';
import { individualRequestExample, organizationRequestExample } from '#contracts/request-examples.js';
import type { Employee } from '#contracts/request.js';
import { inFinhubsOrder, signatoryOf } from './consent.rules.js';

const [administrator] = organizationRequestExample.employees as [Employee];

describe('consents', () => {
  it('are accepted in FinHub’s order, whatever the upstream’s', () => {
    const given = individualRequestExample.consents.toReversed();
    expect(inFinhubsOrder(given).map(({ type }) => type)).toEqual(['terms', 'privacy', 'data-processing']);
    expect(given[0]?.type).toBe('data-processing');
  });
});

describe('the signatory', () => {
  const colleague = (position: string, rest: Partial<Employee> = {}): Employee => ({
    person: administrator.person,
    position,
    roles: ['ADMIN_USER'],
    ...rest,
  });
  const signsFor = (employees: Employee[]) => signatoryOf({ ...organizationRequestExample, employees });

  it('of an individual is nobody else', () => {
    expect(signatoryOf(individualRequestExample)).toBeUndefined();
  });

  it('of an organization is whom the request names', () => {
    const signatory = { name: 'Rasa Demo', position: 'Counsel', email: 'rasa@example.test' };
    expect(signatoryOf({ ...organizationRequestExample, signatory })).toEqual(signatory);
  });

  it('is else the primary owner, and without one the first administrator', () => {
    const employees = [
      colleague('clerk', { roles: ['EMPLOYEE'] }),
      colleague('first'),
      colleague('owner', { isPrimaryOwner: true }),
    ];
    expect(signsFor(employees)).toEqual({
      name: 'Jonas Kazlauskas',
      position: 'owner',
      email: 'jonas@baltic-demo.example.test',
    });
    expect(signsFor(employees.slice(0, 2))?.position).toBe('first');
    expect(signsFor(employees.slice(0, 1))).toBeUndefined();
  });
});
