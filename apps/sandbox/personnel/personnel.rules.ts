import { Decimal } from 'decimal.js';
import type { components } from '#finhub-client/openapi-types.js';
import { against, outOfOrder, Refusal, refuseInvalid } from '../http/refusal.js';
import type { Customer, Director, Employee, Shareholder, User } from '../state/customer.js';

/** The body of c.3.2. */
export type NewEmployee = components['schemas']['NewEmployee'];
/** The body of c.3.4. */
export type NewDirector = components['schemas']['NewDirector'];
/** The older body of c.3.4. */
export type NewDirectorFlat = components['schemas']['NewDirectorFlat'];
/** The body of c.3.5. */
export type NewShareholder = components['schemas']['NewShareholder'];

/** What adding somebody needs from outside. */
export interface Chance {
  readonly nowMs: number;
  readonly newId: () => string;
  readonly passwordHash: string;
}

/** From this share on a natural person is to be declared beneficial owner (c.3.5). */
const beneficialOwnerPercent = 25;

/** Adds an employee with a login. Throws 400 where the first one is no `ADMIN_USER` (U16). */
export function withEmployee(organization: Customer, body: NewEmployee, chance: Chance): Customer {
  const isFirst = !organization.employees.some(({ roles }) => roles.includes('ADMIN_USER'));
  if (isFirst && !body.roles.includes('ADMIN_USER'))
    throw new Refusal(
      400,
      'The first employee of a BUSINESS_TYPE_CLIENT_TO_TENANT organization must have the role ADMIN_USER',
      { error: 'MISSING_ROLE', missingRole: 'ADMIN_USER' },
    );
  const { firstName, lastName, email } = body.person;
  const user = newUser(email, body.roles, chance);
  const employee: Employee = {
    employeeId: chance.newId(),
    userId: user.id,
    firstName,
    lastName,
    email,
    department: body.department ?? '',
    position: body.position ?? '',
    roles: body.roles,
    hiredAt: chance.nowMs,
  };
  return {
    ...organization,
    users: [...organization.users, user],
    employees: [...organization.employees, employee],
  };
}

/** Adds a director with a login. Throws 422 before the first employee (U35). */
export function withDirector(
  organization: Customer,
  body: NewDirector | NewDirectorFlat,
  chance: Chance,
): Customer {
  refuseWithoutAdmin(organization);
  const { firstName, lastName, email } = 'person' in body ? body.person : body;
  const user = newUser(email, ['DIRECTOR'], chance);
  const director: Director = {
    directorId: chance.newId(),
    userId: user.id,
    firstName,
    lastName,
    email,
    role: body.role,
    appointedDate: body.appointedDate ?? new Date(chance.nowMs).toISOString().slice(0, 10),
  };
  return {
    ...organization,
    users: [...organization.users, user],
    directors: [...organization.directors, director],
  };
}

/**
 * Adds shareholders, all or none. Throws 422 before the first employee (U35), over 100 % (U15, U36), and for a natural
 * person with 25 % or more that is not declared beneficial owner (c.3.5).
 */
export function withShareholders(
  organization: Customer,
  added: readonly NewShareholder[],
  chance: Pick<Chance, 'nowMs' | 'newId'>,
): Customer {
  refuseWithoutAdmin(organization);
  refuseInvalid(added.flatMap(missingNames));
  for (const { type, ownershipPercentage, isBeneficialOwner } of added)
    if (type === 'INDIVIDUAL' && ownershipPercentage >= beneficialOwnerPercent && isBeneficialOwner !== true)
      throw against(
        'BENEFICIAL_OWNER_NOT_DECLARED',
        'From 25 % on a person is to be declared beneficial owner',
      );
  const shareholders = [...organization.shareholders, ...added.map((each) => newShareholder(each, chance))];
  const total = shareTotal(shareholders);
  if (total.greaterThan(100))
    throw against('SHARES_OVER_100', 'All shares together may not pass 100 %', {
      total: total.toString(),
      before: shareTotal(organization.shareholders).toString(),
    });
  return { ...organization, shareholders };
}

/** The sum of all shares, exactly. */
export function shareTotal(shareholders: readonly Pick<Shareholder, 'ownershipPercentage'>[]): Decimal {
  return shareholders.reduce(
    (total, { ownershipPercentage }) => total.plus(ownershipPercentage),
    new Decimal(0),
  );
}

/** What tells a repeated shareholder from another one: there is no e-mail to go by. */
export function shareholderKey(shareholder: Shareholder): string {
  const { type, firstName = '', lastName = '', companyName = '', ownershipPercentage } = shareholder;
  const name = type === 'CORPORATE' ? companyName : `${firstName} ${lastName}`;
  return `${type}:${name.trim().toLowerCase()}:${new Decimal(ownershipPercentage).toString()}`;
}

function newUser(email: string, roles: readonly string[], { newId, passwordHash, nowMs }: Chance): User {
  return { id: newId(), email, passwordHash, roles, loginFrom: nowMs };
}

function newShareholder(body: NewShareholder, chance: Pick<Chance, 'nowMs' | 'newId'>): Shareholder {
  const { type, firstName, lastName, companyName, ownershipPercentage, isBeneficialOwner, isPEP } = body;
  return {
    shareholderId: chance.newId(),
    type,
    firstName,
    lastName,
    companyName,
    ownershipPercentage,
    isBeneficialOwner: isBeneficialOwner ?? false,
    isPEP,
    createdAt: chance.nowMs,
  };
}

function missingNames({ type, firstName, lastName, companyName }: NewShareholder) {
  const needed = type === 'CORPORATE' ? { companyName } : { firstName, lastName };
  return Object.entries(needed)
    .filter(([, value]) => !value)
    .map(([field]) => ({ field, message: `is required for ${type}` }));
}

function refuseWithoutAdmin({ employees }: Customer): void {
  if (employees.length === 0) throw outOfOrder('employee', 'Add an employee with ADMIN_USER first');
}
