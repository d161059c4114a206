import { describe, expect, it } from '@jest/globals';
import { onboardingRegistered } from '#contracts/events.js';
import { organizationRequestExample } from '#contracts/request-examples.js';
import type { Employee } from '#contracts/request.js';
import type { FinhubTenant } from '#finhub-client/client.js';
import type { ListedEmployee } from '#finhub-client/personnel.js';
import { RecordingSteps } from '#stage/testing/recording-steps.js';
import { applicantsOf, eventOf, finhubOf, requestOf } from '../../test/handler-parts.js';
import { PersonnelHandler } from './personnel.handler.js';

const [administrator] = organizationRequestExample.employees as [Employee];
const clerk: Employee = {
  person: { ...administrator.person, firstName: 'Rasa', email: 'rasa@baltic-demo.example.test' },
  position: 'Clerk',
  roles: ['EMPLOYEE'],
};
const request = { ...organizationRequestExample, employees: [clerk, administrator] };

/** An organization at FinHub that lists whoever was added to it. */
function organization(addEmployee?: FinhubTenant['addEmployee']) {
  const employees: ListedEmployee[] = [];
  const directors: { directorId: string; email: string; name: string }[] = [];
  const shareholders: { shareholderId: string; name: string; ownershipPercentage: string }[] = [];
  const finhub = finhubOf({
    settings: { adminUserId: 'tenant-admin' },
    addEmployee:
      addEmployee ??
      (async (_, { person }) => {
        const userId = `user-of-${person.firstName}`;
        employees.push({ employeeId: `employee-${employees.length}`, userId, email: person.email, name: '' });
        return { userId };
      }),
    addDirector: async (_, { person }) => {
      directors.push({ directorId: 'director-1', email: person.email, name: '' });
      return { directorId: 'director-1' };
    },
    addShareholder: async (_, shareholder) => {
      const { ownershipPercentage } = shareholder;
      const name =
        shareholder.type === 'CORPORATE'
          ? shareholder.companyName
          : `${shareholder.firstName} ${shareholder.lastName}`;
      const shareholderId = `shareholder-${shareholders.length}`;
      shareholders.push({ shareholderId, name, ownershipPercentage });
      return { shareholderId };
    },
    employees: async () => employees,
    directors: async () => directors,
    shareholders: async () => shareholders,
  });
  return { finhub, employees, directors, shareholders };
}

async function staff(world = organization(), registeredUser: string | null = 'user-0') {
  const steps = new RecordingSteps();
  const handler = new PersonnelHandler(applicantsOf(request), world.finhub);
  const event = eventOf(
    onboardingRegistered,
    { customerId: 'org-1', userId: registeredUser ?? undefined },
    'organization',
  );
  return { fact: await handler.staff(event, steps), steps, ...world };
}

describe('personnel', () => {
  it('adds an organization’s administrators first, then directors and shareholders', async () => {
    const { employees, steps } = await staff();
    expect(employees.map(({ userId }) => userId)).toEqual(['user-of-Jonas', 'user-of-Rasa']);
    expect(steps.names).toEqual(['employee:0', 'employee:1', 'director:0', 'shareholder:0', 'shareholder:1']);
  });

  it('hands on who acts for the organization, and counts only', async () => {
    const { fact } = await staff();
    expect(fact.contract.type).toBe('onboarding.staffed.v1');
    expect(fact.data).toEqual({
      customerId: 'org-1',
      userId: 'user-0',
      actingUserId: 'user-of-Jonas',
      employees: 2,
      directors: 1,
      shareholders: 2,
    });
  });

  it('says that the user from registration acts, else the tenant’s admin, where FinHub names no user of its administrator', async () => {
    const unnamed = organization(async () => ({}));
    expect((await staff(unnamed)).fact.data).toMatchObject({ userId: 'user-0', actingUserId: 'user-0' });
    const { fact } = await staff(
      organization(async () => ({})),
      null,
    );
    expect(fact.data).toMatchObject({ customerId: 'org-1', actingUserId: 'tenant-admin' });
    expect(fact.data).not.toHaveProperty('userId', expect.anything());
  });

  it('takes a listed employee for added, with no user where the list shows none', async () => {
    const { steps, employees } = await staff();
    const { employeeId, email, name } = employees[0]!;
    employees[0] = { employeeId, email, name };
    expect(await steps.find('employee:0')).toEqual({ state: 'present', result: { userId: undefined } });
  });

  it.each([
    ['employee:1', { userId: 'user-of-Rasa' }],
    ['director:0', { directorId: 'director-1' }],
    ['shareholder:1', { shareholderId: 'shareholder-1' }],
  ])('finds %s in FinHub’s list when the answer was lost, and records its id alone', async (name, result) => {
    const { steps } = await staff();
    expect(await steps.find(name)).toEqual({ state: 'present', result });
  });

  it.each(['employee:0', 'director:0', 'shareholder:0'])(
    'calls for %s when FinHub lists nobody',
    async (name) => {
      const { steps, employees, directors, shareholders } = await staff();
      for (const list of [employees, directors, shareholders]) list.length = 0;
      expect(await steps.find(name)).toEqual({ state: 'absent' });
    },
  );

  it('is for organizations only', async () => {
    const handler = new PersonnelHandler(applicantsOf(requestOf('individual')), organization().finhub);
    const event = eventOf(onboardingRegistered, { customerId: 'org-1', userId: 'user-0' }, 'organization');
    await expect(handler.staff(event, new RecordingSteps())).rejects.toThrow('of an individual');
  });
});
