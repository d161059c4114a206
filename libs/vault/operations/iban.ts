import { VaultErased } from '../vault-errors.js';
import type { VaultParts } from '../vault-parts.js';
import { loadSealedAdmission } from './load-sealed.js';

const storeIban = `
  update vault.admission set sealed_iban = $2 where onboarding_id = $1 and erased_at is null
  returning onboarding_id`;

/** Keeps the IBAN that FinHub gave; a later one replaces it. */
export async function keepIban(
  { database, keys }: VaultParts,
  onboardingId: string,
  iban: string,
): Promise<void> {
  const sealed = await loadSealedAdmission(database.query, keys, onboardingId);
  const stored = await database.query(storeIban, [onboardingId, sealed.seal('iban', iban)]);
  if (stored.length === 0) throw new VaultErased(onboardingId);
}

/** The IBAN, `undefined` before FinHub gave one. */
export async function readIban(
  { database, keys }: VaultParts,
  onboardingId: string,
): Promise<string | undefined> {
  const sealed = await loadSealedAdmission(database.query, keys, onboardingId);
  return sealed.read('iban')?.toString();
}
