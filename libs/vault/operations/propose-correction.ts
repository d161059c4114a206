import { v4 as uuidv4 } from 'uuid';
import { takeOutInlineDocuments } from '../body/inline-documents.js';
import { tokensOf, withValueAt } from '../body/json-pointer.js';
import { isPasswordPlace, takeOutPasswords } from '../body/passwords.js';
import { CorrectionUnusable } from '../vault-errors.js';
import type { VaultParts } from '../vault-parts.js';
import { loadSealedAdmission, type SealedAdmission } from './load-sealed.js';
import { openRequest, type Change } from './read-request.js';

/** The lock makes an erase, or the end of the passwords, come before or after, never in between. */
const insertCorrection = `
  with admitted as (
    select onboarding_id, tenant_id from vault.admission
    where onboarding_id = $2 and erased_at is null and ($5::bytea is null or passwords_destroyed_at is null)
    for share
  )
  insert into vault.correction (correction_id, onboarding_id, tenant_id, state, proposed_at, sealed_change,
    sealed_passwords)
  select $1, onboarding_id, tenant_id, 'proposed', $3, $4, $5 from admitted
  returning correction_id`;

/** A change of one place of a request. */
export interface ProposedChange {
  /** JSON pointer (RFC 6901); `-` at its end appends to a list. */
  readonly pointer: string;
  readonly value: unknown;
}

/** The request as it would be with the change; nothing is stored. */
export async function tryCorrection(
  { database, keys }: VaultParts,
  onboardingId: string,
  change: ProposedChange,
): Promise<unknown> {
  return corrected(await loadSealedAdmission(database.query, keys, onboardingId), change);
}

/** Stores the change, without effect until it is accepted; gives the id that a command may carry. */
export async function proposeCorrection(
  { database, keys, clock }: VaultParts,
  onboardingId: string,
  change: ProposedChange,
): Promise<string> {
  const admission = await loadSealedAdmission(database.query, keys, onboardingId);
  corrected(admission, change);
  const correctionId = uuidv4();
  const { sealedChange, sealedPasswords } = sealChange(admission, correctionId, change);
  const values = [correctionId, onboardingId, clock.now(), sealedChange, sealedPasswords];
  if ((await database.query(insertCorrection, values)).length > 0) return correctionId;
  await loadSealedAdmission(database.query, keys, onboardingId); // says so when it was erased meanwhile
  throw passwordIsGone();
}

function corrected(admission: SealedAdmission, { pointer, value }: ProposedChange): unknown {
  const tokens = tokensOf(pointer);
  if (tokens.length === 0)
    throw new CorrectionUnusable('a correction changes a part of a request, not all of it');
  const holdsPassword = takeOutPasswords(value, pointer).passwords.length > 0;
  if (holdsPassword && admission.hasDestroyedPasswords) throw passwordIsGone();
  const request = withValueAt(openRequest(admission), tokens, value);
  if (takeOutInlineDocuments(request, admission.onboardingId).documents.length > 0)
    throw new CorrectionUnusable('a correction carries no content of a document: upload it by itself');
  return request;
}

function sealChange(admission: SealedAdmission, correctionId: string, { pointer, value }: ProposedChange) {
  const field = `correction:${correctionId}`;
  const { rest, passwords } = takeOutPasswords(value, pointer);
  const change: Change = { pointer, value: rest, isPassword: isPasswordPlace(pointer) };
  return {
    sealedChange: admission.seal(field, JSON.stringify(change)),
    sealedPasswords:
      passwords.length === 0 ? null : admission.seal(`${field}:passwords`, JSON.stringify(passwords)),
  };
}

function passwordIsGone(): CorrectionUnusable {
  return new CorrectionUnusable('the password was destroyed: registration is settled');
}
