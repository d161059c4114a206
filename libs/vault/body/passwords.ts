import { pointerTo, tokensOf, valueAt, withValueAt } from './json-pointer.js';

/** A password's place in the value that it was taken out of, and the password: any JSON value, for the rules to judge. */
export type TakenPassword = readonly [pointer: string, password: unknown];

/**
 * Parts a value from its passwords (every member whose name says so, wherever it is), so that they can be sealed, and
 * destroyed, by themselves. `at` is where the value lies when it is itself the correction of a member.
 */
export function takeOutPasswords(value: unknown, at = ''): { rest: unknown; passwords: TakenPassword[] } {
  if (isPasswordPlace(at)) return { rest: null, passwords: [['', value]] };
  const passwords: TakenPassword[] = [];
  const rest = withoutPasswords(value, '', passwords);
  return { rest, passwords };
}

/** Puts them back where they were. */
export function putBackPasswords(rest: unknown, passwords: readonly TakenPassword[]): unknown {
  return passwords.reduce(
    (value, [pointer, password]) => withValueAt(value, tokensOf(pointer), password),
    rest,
  );
}

/** Whether what lies at this pointer is a password, or inside of one. */
export function isPasswordPlace(pointer: string): boolean {
  return tokensOf(pointer).some(isPasswordName);
}

/** The password with which the applicant registers, when the upstream sent one. */
export function passwordOf(request: unknown): string | undefined {
  const password =
    valueAt(request, ['individual', 'password']) ?? valueAt(request, ['organization', 'password']);
  return typeof password === 'string' && password !== '' ? password : undefined;
}

function withoutPasswords(value: unknown, pointer: string, taken: TakenPassword[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((item, index) => withoutPasswords(item, pointerTo(pointer, index), taken));
  const kept = Object.entries(value).flatMap(([name, member]) => {
    const place = pointerTo(pointer, name);
    if (!isPasswordName(name)) return [[name, withoutPasswords(member, place, taken)] as const];
    taken.push([place, member]);
    return [];
  });
  return Object.fromEntries(kept);
}

function isPasswordName(name: string): boolean {
  return /password/iu.test(name);
}
