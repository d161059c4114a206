import type { Director, Employee, Person, Shareholder } from '#contracts/request.js';
import type { Body, FinhubApi } from './api.js';
import type { Call } from './call.js';
import { countryName } from './countries.js';
import type { Fields } from './fields.js';
import { organizationHeaders } from './headers.js';
import { listAll } from './paging.js';

/** Somebody in a list of FinHub's: what our own can be recognised by. */
export interface ListedPerson {
  /** Empty where FinHub shows none. */
  readonly email: string;
  /** First and last name, empty where FinHub shows none. */
  readonly name: string;
}

export interface ListedEmployee extends ListedPerson {
  readonly employeeId: string;
  /** Who logs in and acts; absent where FinHub shows none: an employee's id is no user's. */
  readonly userId?: string | undefined;
}

export interface ListedShareholder {
  readonly shareholderId: string;
  /** First and last name, or the company's. */
  readonly name: string;
  /** A decimal as FinHub writes it, empty where FinHub shows none. */
  readonly ownershipPercentage: string;
}

/**
 * All effectful ones make a second person when they are called again (U24). What the addition of a director or a shareholder
 * answers is not documented: a success without an id is one all the same.
 */
export interface PersonnelCalls {
  /** The first one must have `ADMIN_USER`. CONTRACT.md c.3.2, U16. */
  addEmployee(
    organizationId: string,
    employee: Employee,
    call?: Call,
  ): Promise<Pick<ListedEmployee, 'userId'>>;
  /** CONTRACT.md c.3.3, whose list shows no users. */
  employees(organizationId: string, call?: Call): Promise<ListedEmployee[]>;
  /** CONTRACT.md c.3.4, U15. */
  addDirector(
    organizationId: string,
    director: Director,
    call?: Call,
  ): Promise<{ directorId?: string | undefined }>;
  /** CONTRACT.md c.3.4. */
  directors(organizationId: string, call?: Call): Promise<(ListedPerson & { directorId: string })[]>;
  /** Over 100 % in all is `rejected`. CONTRACT.md c.3.5, U15, U36. */
  addShareholder(
    organizationId: string,
    shareholder: Shareholder,
    call?: Call,
  ): Promise<{ shareholderId?: string | undefined }>;
  /** CONTRACT.md c.3.5. */
  shareholders(organizationId: string, call?: Call): Promise<ListedShareholder[]>;
}

const employeeUserId = ['individual.userId', 'userId', 'user.id'];
const employeeId = ['employeeId', 'id', ...employeeUserId];
const directorId = ['directorId', 'id', 'individual.userId', 'userId'];
const shareholderId = ['shareholderId', 'id'];

export function personnelCalls(api: FinhubApi): PersonnelCalls {
  return {
    addEmployee(organizationId, employee, call) {
      const body = employeeBody(employee);
      const read = ({ data }: { data: Fields }) => {
        data.need(...employeeId);
        return { userId: data.text(...employeeUserId) };
      };
      const headers = organizationHeaders(organizationId);
      return api.request('addEmployee', { path: { organizationId }, headers, body, read }, call);
    },
    employees: (organizationId, call) =>
      listAll(
        api,
        {
          operation: 'listEmployees',
          path: { organizationId },
          headers: organizationHeaders(organizationId),
          name: 'employees',
          read: (entry) => ({
            employeeId: entry.need(...employeeId),
            userId: entry.text(...employeeUserId),
            ...personOf(entry),
          }),
          idOf: (employee) => employee.employeeId,
        },
        call,
      ),
    addDirector(organizationId, { person, role }, call) {
      const body: Body<'NewDirector'> = { person: personBody(person), role };
      const read = ({ data }: { data: Fields }) => ({ directorId: data.text(...directorId) });
      return api.request('addDirector', { path: { organizationId }, body, read }, call);
    },
    directors: (organizationId, call) =>
      listAll(
        api,
        {
          operation: 'listDirectors',
          path: { organizationId },
          name: 'directors',
          read: (entry) => ({ directorId: entry.need(...directorId), ...personOf(entry) }),
          idOf: (director) => director.directorId,
        },
        call,
      ),
    addShareholder(organizationId, shareholder, call) {
      const body = shareholderBody(shareholder);
      const read = ({ data }: { data: Fields }) => ({
        shareholderId: addedShareholder(data).text(...shareholderId),
      });
      return api.request('addShareholder', { path: { organizationId }, body, read }, call);
    },
    shareholders: (organizationId, call) =>
      listAll(
        api,
        {
          operation: 'listShareholders',
          path: { organizationId },
          name: 'shareholders',
          read: (entry) => ({
            shareholderId: entry.need(...shareholderId),
            name: entry.text('companyName') ?? personOf(entry).name,
            ownershipPercentage: entry.text('ownershipPercentage') ?? '',
          }),
          idOf: (shareholder) => shareholder.shareholderId,
        },
        call,
      ),
  };
}

function employeeBody({ person, position, department, roles }: Employee): Body<'NewEmployee'> {
  return { person: personBody(person), position, roles, ...(department === undefined ? {} : { department }) };
}

/** Personnel has genders by number, B2C by word (U28). */
function personBody({
  firstName,
  lastName,
  email,
  phone,
  dateOfBirth,
  nationality,
  gender,
}: Person): Body<'Person'> {
  return {
    firstName,
    lastName,
    fullName: `${firstName} ${lastName}`,
    email,
    phoneNumber: phone,
    dateOfBirth,
    nationality: countryName(nationality),
    gender: gender === 'MALE' ? '1' : '2',
  };
}

/** At most four decimals, so that the JSON number has exactly the digits of the decimal. */
function shareholderBody(shareholder: Shareholder): Body<'NewShareholder'> {
  const ownershipPercentage = Number(shareholder.ownershipPercentage);
  const { isBeneficialOwner, isPEP } = shareholder;
  const shares = { ownershipPercentage, isBeneficialOwner, isPEP };
  if (shareholder.type === 'CORPORATE')
    return { type: shareholder.type, companyName: shareholder.companyName, ...shares };
  const { firstName, lastName } = shareholder;
  return { type: shareholder.type, firstName, lastName, ...shares };
}

/** "Adds one or more shareholders" (c.3.5): the answer may be a list. */
function addedShareholder(data: Fields): Fields {
  return data.items('shareholders')?.[0] ?? data;
}

function personOf(entry: Fields): ListedPerson {
  const part = (key: string) => entry.text(key, `person.${key}`, `individual.${key}`);
  const names = [part('firstName'), part('lastName')].filter((name) => name !== undefined);
  return { email: part('email') ?? '', name: names.join(' ') || (part('fullName') ?? part('name') ?? '') };
}
