import { Decimal } from 'decimal.js';
import type { Employee, Person, Shareholder } from '#contracts/request.js';
import type { ListedShareholder } from '#finhub-client/personnel.js';
import type { Found } from '#stage/steps.js';

/** FinHub refuses a first employee without `ADMIN_USER` (CONTRACT.md U16); the order is otherwise the upstream's. */
export function administratorsFirst(employees: readonly Employee[]): Employee[] {
  const isAdministrator = ({ roles }: Employee) => roles.includes('ADMIN_USER');
  return [
    ...employees.filter(isAdministrator),
    ...employees.filter((employee) => !isAdministrator(employee)),
  ];
}

/**
 * Ours in FinHub's list: by e-mail, or by name where the list shows no e-mail. Several, or somebody of whom the list shows
 * neither: nobody can tell. What the list says of a person stays out of the result: `idOf` takes what may be recorded.
 */
export function findPerson<Listed extends { readonly email: string; readonly name: string }, Ids>(
  listed: readonly Listed[],
  person: Person,
  idOf: (ours: Listed) => Ids,
): Found<Ids> {
  const isOurs = ({ email, name }: Listed) =>
    email === '' ? sameText(name, `${person.firstName} ${person.lastName}`) : sameText(email, person.email);
  const [ours, second] = listed.filter(isOurs);
  if (ours === undefined)
    return { state: listed.some(({ email, name }) => email === '' && name === '') ? 'unknown' : 'absent' };
  return second === undefined ? { state: 'present', result: idOf(ours) } : { state: 'unknown' };
}

/**
 * Shareholders have no e-mail: the n-th of the request is there when FinHub lists as many of its name and share as the
 * request has up to it; by name alone where the list does not show every share.
 */
export function findShareholder(
  listed: readonly ListedShareholder[],
  all: readonly Shareholder[],
  n: number,
): Found<{ shareholderId: string }> {
  const wanted = all[n];
  if (wanted === undefined || listed.some(({ name }) => name === '')) return { state: 'unknown' };
  const areSharesShown = listed.every(({ ownershipPercentage }) => isDecimal(ownershipPercentage));
  const isAlike = (name: string, share: string) =>
    sameText(name, nameOf(wanted)) && (!areSharesShown || sameShare(share, wanted.ownershipPercentage));
  const isRequestedAlike = (other: Shareholder) => isAlike(nameOf(other), other.ownershipPercentage);
  const alike = listed.filter(({ name, ownershipPercentage }) => isAlike(name, ownershipPercentage));
  const ours = alike[all.slice(0, n + 1).filter(isRequestedAlike).length - 1];
  if (ours === undefined) return { state: 'absent' };
  return alike.length > all.filter(isRequestedAlike).length
    ? { state: 'unknown' }
    : { state: 'present', result: { shareholderId: ours.shareholderId } };
}

function nameOf(shareholder: Shareholder): string {
  return shareholder.type === 'CORPORATE'
    ? shareholder.companyName
    : `${shareholder.firstName} ${shareholder.lastName}`;
}

/** Decimals, never floats: `33.30` and `33.3` are one share. */
function sameShare(a: string, b: string): boolean {
  return new Decimal(a).equals(b);
}

function isDecimal(text: string): boolean {
  return /^\d+(?:\.\d+)?$/u.test(text);
}

function sameText(a: string, b: string): boolean {
  const plain = (text: string) => text.trim().normalize('NFC').toLowerCase();
  return plain(a) === plain(b);
}
