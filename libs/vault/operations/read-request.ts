import { tokensOf, withValueAt } from '../body/json-pointer.js';
import { putBackPasswords, type TakenPassword } from '../body/passwords.js';
import type { VaultParts } from '../vault-parts.js';
import { loadSealedAdmission, type SealedAdmission, type SealedCorrection } from './load-sealed.js';

/** A correction as it is sealed. */
export interface Change {
  readonly pointer: string;
  readonly value: unknown;
  /** The value itself is a password, and was taken out. */
  readonly isPassword: boolean;
}

/** The request as it counts now: accepted corrections applied, without the contents of inline documents. */
export async function readRequest({ database, keys }: VaultParts, onboardingId: string): Promise<unknown> {
  return openRequest(await loadSealedAdmission(database.query, keys, onboardingId));
}

/** The same of one that is loaded. Passwords are in it until they are destroyed. */
export function openRequest(sealed: SealedAdmission): unknown {
  const rest: unknown = jsonOf(sealed.read('request'));
  const request = putBackPasswords(rest, passwordsOf(sealed.read('passwords')));
  return sealed.corrections.reduce((body, correction) => applied(sealed, body, correction), request);
}

function applied(sealed: SealedAdmission, body: unknown, correction: SealedCorrection): unknown {
  const field = `correction:${correction.correctionId}`;
  const change = jsonOf(sealed.open(field, correction.change)) as Change;
  if (change.isPassword && correction.passwords === null) return body;
  const passwords = correction.passwords && sealed.open(`${field}:passwords`, correction.passwords);
  const value = putBackPasswords(change.value, passwordsOf(passwords ?? undefined));
  return withValueAt(body, tokensOf(change.pointer), value);
}

function passwordsOf(plain: Buffer | undefined): TakenPassword[] {
  return plain === undefined ? [] : (jsonOf(plain) as TakenPassword[]);
}

function jsonOf(plain: Buffer | undefined): unknown {
  return plain === undefined ? null : JSON.parse(plain.toString());
}
