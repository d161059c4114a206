import { Decimal } from 'decimal.js';
import type { RuleError } from '../events.js';
import { birthErrors, incorporationErrors, passwordErrors } from './applicant-rules.js';
import { broken, duplicates, objectOf, objectsOf, type Loose } from './loose.js';

/** From this share on, a natural person is a beneficial owner (CONTRACT.md c.3.5). */
const beneficialOwnerPercentage = 25;
const decimal = /^\d{1,3}(?:\.\d{1,4})?$/u;

/** Rules on an organization and the people behind it. `today` is YYYY-MM-DD. */
export function organizationErrors(request: Loose, today: string): RuleError[] {
  const organization = objectOf(request['organization']);
  return [
    ...incorporationErrors(organization['incorporationDate'], '/organization/incorporationDate', today),
    ...passwordErrors(organization['password'], '/organization/password'),
    ...employeesErrors(objectsOf(request['employees']) ?? []),
    ...peopleErrors(request, 'employees', today),
    ...peopleErrors(request, 'directors', today),
    ...shareErrors(objectsOf(request['shareholders']) ?? []),
  ];
}

/** The first `ADMIN_USER` acts for the organization at FinHub, which refuses a first employee without that role. */
function employeesErrors(employees: readonly Loose[]): RuleError[] {
  const roles = employees.map((employee) =>
    Array.isArray(employee['roles']) ? (employee['roles'] as unknown[]) : [],
  );
  const owners = employees.map((employee) => (employee['isPrimaryOwner'] === true ? 'owner' : undefined));
  const hasAdmin = employees.length === 0 || roles.some((its) => its.includes('ADMIN_USER'));
  return [
    ...(hasAdmin ? [] : [broken('admin_user_missing', '/employees')]),
    ...duplicates(owners, 'primary_owner_ambiguous', (index) => `/employees/${String(index)}/isPrimaryOwner`),
    ...roles.flatMap((its, index) =>
      duplicates(its, 'role_duplicate', (role) => `/employees/${String(index)}/roles/${String(role)}`),
    ),
  ];
}

/** Lists at FinHub are searched by e-mail after a lost answer, so it must name one person of the list. */
function peopleErrors(request: Loose, list: 'employees' | 'directors', today: string): RuleError[] {
  const people = (objectsOf(request[list]) ?? []).map((entry) => objectOf(entry['person']));
  const emails = people.map(({ email }) => (typeof email === 'string' ? email.toLowerCase() : undefined));
  return [
    ...duplicates(emails, 'email_duplicate', (index) => `/${list}/${String(index)}/person/email`),
    ...people.flatMap(({ dateOfBirth }, index) =>
      birthErrors(dateOfBirth, `/${list}/${String(index)}/person/dateOfBirth`, today),
    ),
  ];
}

function shareErrors(shareholders: readonly Loose[]): RuleError[] {
  const shares = shareholders.map(({ ownershipPercentage }) => shareOf(ownershipPercentage));
  const known = shares.filter((share) => share !== undefined);
  const sum = known.reduce((total, share) => total.plus(share), new Decimal(0));
  const isSumWrong = known.length === shares.length && shares.length > 0 && !sum.equals(100);
  return [
    ...(isSumWrong
      ? [broken('shares_not_100', '/shareholders', `The shares sum to ${sum.toFixed()}, not to 100.`)]
      : []),
    ...shareholders.flatMap((shareholder, index) => shareholderErrors(shareholder, shares[index], index)),
  ];
}

function shareholderErrors(shareholder: Loose, share: Decimal | undefined, index: number): RuleError[] {
  if (share === undefined) return [];
  const pointer = `/shareholders/${String(index)}`;
  const isUndeclared =
    shareholder['type'] === 'INDIVIDUAL' &&
    shareholder['isBeneficialOwner'] === false &&
    share.greaterThanOrEqualTo(beneficialOwnerPercentage);
  return [
    ...(share.isZero() ? [broken('share_zero', `${pointer}/ownershipPercentage`)] : []),
    ...(share.greaterThan(100) ? [broken('share_over_100', `${pointer}/ownershipPercentage`)] : []),
    ...(isUndeclared ? [broken('beneficial_owner_undeclared', `${pointer}/isBeneficialOwner`)] : []),
  ];
}

function shareOf(percentage: unknown): Decimal | undefined {
  return typeof percentage === 'string' && decimal.test(percentage) ? new Decimal(percentage) : undefined;
}
