import { Decimal } from 'decimal.js';
import type { Employee, Person, Shareholder } from '#contracts/request.js';
import type { Found } from '#stage/steps.js';

/** FinHub refuses a first employee without `ADMIN_USER` (CONTRACT.md U16); the order is otherwise the upstream's. */
export function administratorsFirst(employees: readonly Employee[]): Employee[] {
  const isAdministrator = ({ roles }: Employee) => roles.includes('ADMIN_USER');
  return [
    ...employees.filter(isAdministrator),
    ...employees.filter((employee) => !isAdministrator(employee)),
  ];
}

/** Ours in FinHub's list: by e-mail, or by name where the list shows no e-mail. Several: nobody can tell which. */
export function findPerson<Listed extends { readonly email: string; readonly name: string }>(
  listed: readonly Listed[],
  person: Person,
): Found<Listed> {
  const isOurs = ({ email, name }: Listed) =>
    email === '' ? sameText(name, `${person.firstName} ${person.lastName}`) : sameText(email, person.email);
  const [ours, second] = listed.filter(isOurs);
  if (ours === undefined) return { state: 'absent' };
  return second === undefined ? { state: 'present', result: ours } : { state: 'unknown' };
}

/**
 * Shareholders have no e-mail: the n-th of the request is there when FinHub lists as many of its name and share as the
 * request has up to it.
 */
export function findShareholder(
  listed: readonly {
    readonly shareholderId: string;
    readonly name: string;
    readonly ownershipPercentage: string;
  }[],
  all: readonly Shareholder[],
  n: number,
): Found<{ shareholderId: string }> {
  const wanted = all[n];
  if (wanted === undefined) return { state: 'unknown' };
  const isAlike = (other: Shareholder) => sameText(nameOf(other), nameOf(wanted)) && sameShare(other, wanted);
  const alike = listed.filter(
    ({ name, ownershipPercentage }) =>
      sameText(name, nameOf(wanted)) && sameShare({ ownershipPercentage }, wanted),
  );
  const upToHere = all.slice(0, n + 1).filter(isAlike).length;
  const ours = alike[upToHere - 1];
  if (ours === undefined) return { state: 'absent' };
  return alike.length > all.filter(isAlike).length
    ? { state: 'unknown' }
    : { state: 'present', result: { shareholderId: ours.shareholderId } };
}

function nameOf(shareholder: Shareholder): string {
  return shareholder.type === 'CORPORATE'
    ? shareholder.companyName
    : `${shareholder.firstName} ${shareholder.lastName}`;
}

interface Share {
  readonly ownershipPercentage: string;
}

/** Decimals, never floats: `33.30` and `33.3` are one share. A list that shows none tells nothing against it. */
function sameShare(listed: Share, wanted: Share): boolean {
  const isNumber = /^\d+(?:\.\d+)?$/u.test(listed.ownershipPercentage);
  return !isNumber || new Decimal(listed.ownershipPercentage).equals(wanted.ownershipPercentage);
}

function sameText(a: string, b: string): boolean {
  const plain = (text: string) => text.trim().normalize('NFC').toLowerCase();
  return plain(a) === plain(b);
}
