import { createHash, randomBytes } from 'node:crypto';

/** A salted hash. A fast one on purpose: these are test passwords, and a slow one would bound the whole sandbox. */
export function hashPassword(password: string): string {
  const salt = randomBytes(12).toString('base64url');
  return `${salt}.${digest(salt, password)}`;
}

/** Whether `hash` was made of `password`. */
export function isPassword(hash: string, password: string): boolean {
  const salt = hash.slice(0, hash.indexOf('.'));
  return hash === `${salt}.${digest(salt, password)}`;
}

/** For people who get a login without asking for one (c.3.2, c.3.4); keeps the password rule (U29). */
export function generatePassword(): string {
  return `Tmp-1-${randomBytes(9).toString('base64url')}`;
}

function digest(salt: string, password: string): string {
  return createHash('sha256').update(salt).update(password).digest('base64url');
}
