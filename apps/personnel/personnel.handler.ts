import { Controller } from '@nestjs/common';
import type { Fact } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { onboardingRegistered, onboardingStaffed, type Registered } from '#contracts/events.js';
import type { Director, Employee, Shareholder } from '#contracts/request.js';
import { FinhubClient, type FinhubTenant } from '#finhub-client/client.js';
import { Handles } from '#stage/handles.js';
import { Steps } from '#stage/steps.js';
import { Applicants } from '#stage-service/applicants.js';
import { administratorsFirst, findPerson, findShareholder } from './personnel.rules.js';

/** An organization at FinHub, and the steps that fill it. */
interface Staffing {
  readonly finhub: FinhubTenant;
  readonly organizationId: string;
  readonly steps: Steps;
}

/** Registered organization in, organization with its people out. */
@Controller()
export class PersonnelHandler {
  constructor(
    private readonly applicants: Applicants,
    private readonly finhub: FinhubClient,
  ) {}

  @Handles(onboardingRegistered, { applicantKind: 'organization', from: 'registration' })
  async staff({ onboardingId, tenantId, data }: OnboardingEvent<Registered>, steps: Steps): Promise<Fact> {
    const { employees, directors, shareholders } = await this.applicants.organization(onboardingId);
    const finhub = this.finhub.tenant(tenantId);
    const staffing = { finhub, organizationId: data.customerId, steps };
    const userIds = [];
    for (const [n, employee] of administratorsFirst(employees).entries())
      userIds.push(await addEmployee(staffing, n, employee));
    for (const [n, director] of directors.entries()) await addDirector(staffing, n, director);
    for (const n of shareholders.keys()) await addShareholder(staffing, n, shareholders);
    return onboardingStaffed({
      customerId: data.customerId,
      userId: data.userId,
      actingUserId: userIds[0] ?? data.userId ?? finhub.settings.adminUserId,
      employees: employees.length,
      directors: directors.length,
      shareholders: shareholders.length,
    });
  }
}

/** Gives the user's id; none where the answer was lost and FinHub's list shows none (CONTRACT.md c.3.3). */
async function addEmployee(staffing: Staffing, n: number, employee: Employee): Promise<string | undefined> {
  const { finhub, organizationId, steps } = staffing;
  const { userId } = await steps.once(
    `employee:${n}`,
    (call) => finhub.addEmployee(organizationId, employee, call),
    {
      input: employee,
      find: async (call) =>
        findPerson(await finhub.employees(organizationId, call), employee.person, ({ userId }) => ({
          userId,
        })),
    },
  );
  return userId;
}

async function addDirector(staffing: Staffing, n: number, director: Director): Promise<void> {
  const { finhub, organizationId, steps } = staffing;
  await steps.once(`director:${n}`, (call) => finhub.addDirector(organizationId, director, call), {
    input: director,
    find: async (call) =>
      findPerson(await finhub.directors(organizationId, call), director.person, ({ directorId }) => ({
        directorId,
      })),
  });
}

async function addShareholder(staffing: Staffing, n: number, all: readonly Shareholder[]): Promise<void> {
  const { finhub, organizationId, steps } = staffing;
  const shareholder = all[n];
  if (shareholder === undefined) return;
  await steps.once(`shareholder:${n}`, (call) => finhub.addShareholder(organizationId, shareholder, call), {
    input: shareholder,
    find: async (call) => findShareholder(await finhub.shareholders(organizationId, call), all, n),
  });
}
