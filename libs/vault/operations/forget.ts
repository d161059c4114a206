import type { VaultParts } from '../vault-parts.js';

const dayMs = 24 * 60 * 60 * 1000;

/** Days after which something is of no use any more. */
export const keepDays = {
  /** An upload that was cut off. */
  upload: 1,
  /** A document whose request never came. */
  document: 30,
  /** A correction that was reverted, or never accepted. */
  correction: 90,
  /** The mark of an erased onboarding: longer than any topic keeps what could bring it back (intake 7, facts 90). */
  mark: 400,
} as const;

const rowsPerStatement = 1000;

const forgetUploads = `
  with stale as (select upload_id from vault.upload where started_at < $1 limit $2),
  chunk as (delete from vault.document_chunk using stale where document_chunk.upload_id = stale.upload_id)
  delete from vault.upload using stale where upload.upload_id = stale.upload_id returning 1 as row`;

const forgetDocuments = `
  with stale as (
    select onboarding_id, document_id, upload_id from vault.document
    where completed_at < $1
      and not exists (select from vault.admission where admission.onboarding_id = document.onboarding_id)
    limit $2
  ),
  chunk as (delete from vault.document_chunk using stale where document_chunk.upload_id = stale.upload_id)
  delete from vault.document using stale where document.upload_id = stale.upload_id returning 1 as row`;

const forgetCorrections = `
  delete from vault.correction where correction_id in (
    select correction_id from vault.correction where state <> 'accepted' and proposed_at < $1 limit $2)
  returning 1 as row`;

const forgetMarks = `
  delete from vault.admission where onboarding_id in (
    select onboarding_id from vault.admission where erased_at < $1 limit $2)
  returning 1 as row`;

/** How many rows of each kind went. */
export interface Forgotten {
  readonly uploads: number;
  readonly documents: number;
  readonly corrections: number;
  readonly marks: number;
}

/** Removes what is of no use any more, a thousand rows a statement. See `Vault.forget`. */
export async function forget(parts: VaultParts): Promise<Forgotten> {
  return {
    uploads: await forgetAll(parts, forgetUploads, keepDays.upload),
    documents: await forgetAll(parts, forgetDocuments, keepDays.document),
    corrections: await forgetAll(parts, forgetCorrections, keepDays.correction),
    marks: await forgetAll(parts, forgetMarks, keepDays.mark),
  };
}

async function forgetAll({ database, clock }: VaultParts, sql: string, days: number): Promise<number> {
  const before = new Date(clock.now().getTime() - days * dayMs);
  let total = 0;
  for (;;) {
    const rows = await database.query(sql, [before, rowsPerStatement]);
    total += rows.length;
    if (rows.length < rowsPerStatement) return total;
  }
}
