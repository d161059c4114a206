import { VaultErased } from '../vault-errors.js';
import type { VaultParts } from '../vault-parts.js';
import { loadSealedAdmission } from './load-sealed.js';

const storeHold = `
  update vault.admission set sealed_hold_reason = $2 where onboarding_id = $1 and erased_at is null
  returning onboarding_id`;

const removeHold = `update vault.admission set sealed_hold_reason = null where onboarding_id = $1`;

/** From now on an erase is refused with this reason; a later reason replaces it. */
export async function hold(
  { database, keys }: VaultParts,
  onboardingId: string,
  reason: string,
): Promise<void> {
  const sealed = await loadSealedAdmission(database.query, keys, onboardingId);
  const stored = await database.query(storeHold, [onboardingId, sealed.seal('hold-reason', reason)]);
  if (stored.length === 0) throw new VaultErased(onboardingId);
}

/** Takes the hold away; nothing happens where there is none. */
export async function release({ database }: VaultParts, onboardingId: string): Promise<void> {
  await database.query(removeHold, [onboardingId]);
}
