import { tokensOf, valueAt, withValueAt } from './json-pointer.js';

/** The names on the way to a password that was taken out, and the password: any JSON value, for the rules to judge. */
export type TakenPassword = readonly [tokens: readonly string[], password: unknown];

/**
 * Parts a value from its passwords (every member whose name says so, wherever it is), so that they can be sealed, and
 * destroyed, by themselves. `at` is where the value lies when it is itself the correction of a member.
 */
export function takeOutPasswords(value: unknown, at = ''): { rest: unknown; passwords: TakenPassword[] } {
  if (isPasswordPlace(at)) return { rest: null, passwords: [[[], value]] };
  const passwords: TakenPassword[] = [];
  const rest = withoutPasswords(value, [], passwords);
  return { rest, passwords };
}

/** Puts them back where they were. */
export function putBackPasswords(rest: unknown, passwords: readonly TakenPassword[]): unknown {
  return passwords.reduce((value, [tokens, password]) => withValueAt(value, tokens, password), rest);
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

/** `path` grows and shrinks on the way, so that only a hit costs a copy. */
function withoutPasswords(value: unknown, path: string[], taken: TakenPassword[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    if (!Array.isArray(value) && isPasswordName(name)) {
      taken.push([[...path, name], member]);
      return [];
    }
    path.push(name);
    const rest = withoutPasswords(member, path, taken);
    path.pop();
    return [[name, rest] as const];
  });
  return Array.isArray(value) ? entries.map(([, rest]) => rest) : Object.fromEntries(entries);
}

function isPasswordName(name: string): boolean {
  return /password/iu.test(name);
}
