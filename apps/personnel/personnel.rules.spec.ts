import { describe, expect, it } from '@jest/globals';
import { organizationRequestExample } from '#contracts/request-examples.js';
import type { Employee, Shareholder } from '#contracts/request.js';
import { administratorsFirst, findPerson, findShareholder } from './personnel.rules.js';

const { person } = organizationRequestExample.directors[0]!;

describe('the order of employees', () => {
  it('has every administrator before the others, and is otherwise the upstream’s', () => {
    const employees = [['EMPLOYEE'], ['ADMIN_USER'], ['COMPLIANCE_OFFICER'], ['EMPLOYEE', 'ADMIN_USER']].map(
      (roles, n) => ({ person, position: `${n}`, roles }) as Employee,
    );
    expect(administratorsFirst(employees).map(({ position }) => position)).toEqual(['1', '3', '0', '2']);
  });
});

describe('a person in a list of FinHub’s', () => {
  const listed = (email: string, name = '', userId = 'user-1') => ({ email, name, userId });
  const find = (...people: ReturnType<typeof listed>[]) =>
    findPerson(people, person, ({ userId }) => ({ userId }));

  it('is ours by e-mail, whatever its capitals', () => {
    expect(find(listed('other@example.test'), listed('Jonas@Baltic-Demo.example.test'))).toEqual({
      state: 'present',
      result: { userId: 'user-1' },
    });
  });

  it('is ours by name where the list shows no e-mail', () => {
    expect(find(listed('', ' jonas kazlauskas')).state).toBe('present');
    expect(find(listed('other@example.test', 'Jonas Kazlauskas')).state).toBe('absent');
  });

  it('leaves nothing of the person in the result', () => {
    const found = find(listed(person.email, 'Jonas Kazlauskas'));
    expect(JSON.stringify(found)).not.toMatch(/jonas/iu);
  });

  it('is absent from an empty list', () => {
    expect(find()).toEqual({ state: 'absent' });
  });

  it('cannot be told from a second one like it, nor from one of whom nothing is shown', () => {
    expect(find(listed(person.email), listed(person.email, '', 'user-2'))).toEqual({ state: 'unknown' });
    expect(find(listed(''))).toEqual({ state: 'unknown' });
  });
});

describe('a shareholder in a list of FinHub’s', () => {
  const share = (lastName: string, ownershipPercentage: string): Shareholder => ({
    type: 'INDIVIDUAL',
    firstName: 'Jonas',
    lastName,
    ownershipPercentage,
    isBeneficialOwner: true,
    isPEP: false,
  });
  const listed = (shareholderId: string, ownershipPercentage = '', name = 'Jonas K') => ({
    shareholderId,
    name,
    ownershipPercentage,
  });

  it('is ours by name and share, compared as decimals', () => {
    expect(findShareholder([listed('a', '33.3')], [share('K', '33.30')], 0)).toEqual({
      state: 'present',
      result: { shareholderId: 'a' },
    });
    expect(findShareholder([listed('a', '33.4')], [share('K', '33.30')], 0).state).toBe('absent');
  });

  it('is ours by name of a company', () => {
    const [, company] = organizationRequestExample.shareholders;
    const entry = listed('b', '33.33', 'BALTIC HOLDING UAB');
    expect(findShareholder([entry], [company!], 0).state).toBe('present');
  });

  it('that is the second of two alike is there only when both are listed', () => {
    const twins = [share('K', '50'), share('K', '50')];
    expect(findShareholder([listed('a', '50')], twins, 1)).toEqual({ state: 'absent' });
    expect(findShareholder([listed('a', '50'), listed('b', '50')], twins, 1)).toEqual({
      state: 'present',
      result: { shareholderId: 'b' },
    });
  });

  it('is counted by name alone where the list shows no shares', () => {
    const both = [share('K', '60'), share('K', '40')];
    expect(findShareholder([listed('a')], both, 1)).toEqual({ state: 'absent' });
    expect(findShareholder([listed('a'), listed('b')], both, 1).state).toBe('present');
  });

  it('cannot be told when more are listed than were asked for, or one without a name', () => {
    const one = [share('K', '50')];
    expect(findShareholder([listed('a', '50'), listed('b', '50')], one, 0)).toEqual({ state: 'unknown' });
    expect(findShareholder([listed('a', '50', '')], one, 0)).toEqual({ state: 'unknown' });
  });
});
