import type { Query } from '../database.js';
import { CorrectionSettled, CorrectionUnknown } from '../vault-errors.js';
import type { VaultParts } from '../vault-parts.js';
import { loadSealedAdmission } from './load-sealed.js';
import { emailHashOf } from './prepare-admission.js';
import { openRequest } from './read-request.js';

/** Locks the admission too: its e-mail hash must follow the corrections one by one. */
const lockCorrection = `
  select correction.state
  from vault.correction join vault.admission using (onboarding_id)
  where correction_id = $1 and onboarding_id = $2
  for update`;

const storeState = `update vault.correction set state = $2 where correction_id = $1`;
const storeEmailHash = `update vault.admission set email_hash = $2 where onboarding_id = $1`;

interface LockedCorrection {
  readonly state: 'proposed' | 'accepted' | 'reverted';
}

/** A correction as a command names it. */
export interface CorrectionOf {
  readonly onboardingId: string;
  readonly correctionId: string;
}

/** From now on the request is the corrected one. Accepting again changes nothing. */
export async function acceptCorrection(parts: VaultParts, correction: CorrectionOf): Promise<void> {
  await settle(parts, correction, 'accepted');
}

/** The request is as if the correction had never been, also after it was accepted. Reverting again changes nothing. */
export async function revertCorrection(parts: VaultParts, correction: CorrectionOf): Promise<void> {
  await settle(parts, correction, 'reverted');
}

/** A correction of another onboarding is unknown to this one. */
async function settle(
  parts: VaultParts,
  { onboardingId, correctionId }: CorrectionOf,
  state: 'accepted' | 'reverted',
): Promise<void> {
  await parts.database.inTransaction(async (query) => {
    const [correction] = await query<LockedCorrection>(lockCorrection, [correctionId, onboardingId]);
    if (correction === undefined) throw new CorrectionUnknown(correctionId);
    if (correction.state === state) return;
    if (correction.state === 'reverted') throw new CorrectionSettled(correctionId);
    await query(storeState, [correctionId, state]);
    await followEmail(parts, query, onboardingId);
  });
}

/** Opens the request as it is now: a correction that no longer fits is refused here, not when a stage reads. */
async function followEmail({ keys }: VaultParts, query: Query, onboardingId: string): Promise<void> {
  const admission = await loadSealedAdmission(query, keys, onboardingId);
  const hash = emailHashOf(keys, admission.tenantId, openRequest(admission));
  await query(storeEmailHash, [onboardingId, hash]);
}
