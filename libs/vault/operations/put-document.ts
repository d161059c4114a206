import type { Readable } from 'node:stream';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import type { DocumentReceipt, DocumentUpload } from '../document.js';
import type { Query } from '../database.js';
import { chunksOf } from '../sealing/chunks.js';
import { DocumentSealer, type SealedDocument } from '../sealing/document-sealer.js';
import {
  DocumentConflict,
  DocumentEmpty,
  DocumentTooLarge,
  DocumentUnknown,
  VaultErased,
} from '../vault-errors.js';
import type { VaultParts } from '../vault-parts.js';
import { findDocument } from './read-document.js';

const startUpload = `
  insert into vault.upload (upload_id, onboarding_id, tenant_id, started_at) values ($1, $2, $3, $4)`;

const storeChunk = `
  insert into vault.document_chunk (upload_id, position, onboarding_id, tenant_id, sealed)
  values ($1, $2, $3, $4, $5)`;

const dropUpload = `
  with chunk as (delete from vault.document_chunk where upload_id = $1)
  delete from vault.upload where upload_id = $1`;

/** With the lock an erase comes before (and is seen) or after (and deletes the document). */
const lockAdmission = `select erased_at from vault.admission where onboarding_id = $1 for share`;

const finishUpload = `delete from vault.upload where upload_id = $1 returning upload_id`;

const storeDocument = `
  insert into vault.document (onboarding_id, document_id, tenant_id, upload_id, mime_type, size_bytes, kek_id,
    wrapped_key, sealed_sha256, completed_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (onboarding_id, document_id) do nothing
  returning document_id`;

/**
 * Seals an upload chunk by chunk and makes it a document once its last byte is there; what is cut off leaves no document.
 * See `Vault.putDocument`.
 */
export async function putDocument(
  parts: VaultParts,
  upload: DocumentUpload,
  source: Readable,
): Promise<DocumentReceipt> {
  const { query } = parts.database;
  const onboardingId = onboardingIdOf(upload.tenantId, upload.requestId);
  const sealer = new DocumentSealer(parts.keys, { onboardingId, documentId: upload.documentId });
  await refuseErased(query, onboardingId);
  await query(startUpload, [sealer.uploadId, onboardingId, upload.tenantId, parts.clock.now()]);
  try {
    const tooLarge = () => new DocumentTooLarge(upload.documentId, upload.maxBytes);
    for await (const chunk of chunksOf(source, upload.maxBytes, tooLarge)) {
      const { position, sealed } = sealer.sealChunk(chunk);
      await query(storeChunk, [sealer.uploadId, position, onboardingId, upload.tenantId, sealed]);
    }
    const document = sealer.finish();
    if (document.sizeBytes === 0) throw new DocumentEmpty(upload.documentId);
    return await complete(parts, upload, document);
  } catch (error) {
    // Best effort: `forget()` finds what stays when the database is away.
    await query(dropUpload, [sealer.uploadId]).catch(() => undefined);
    throw error;
  }
}

async function complete(
  parts: VaultParts,
  upload: DocumentUpload,
  document: SealedDocument,
): Promise<DocumentReceipt> {
  const onboardingId = onboardingIdOf(upload.tenantId, upload.requestId);
  const isStored = await parts.database.inTransaction(async (query) => {
    await refuseErased(query, onboardingId);
    // Gone when an erase, or the sweep of what was cut off, came first.
    if ((await query(finishUpload, [document.uploadId])).length === 0)
      throw new DocumentUnknown(upload.documentId);
    const values = [
      ...[onboardingId, upload.documentId, upload.tenantId, document.uploadId, upload.mimeType],
      ...[document.sizeBytes, document.kekId, document.wrapped, document.sealedSha256, parts.clock.now()],
    ];
    const stored = await query(storeDocument, values);
    if (stored.length === 0) await query(dropUpload, [document.uploadId]);
    return stored.length > 0;
  });
  if (!isStored) await refuseOtherBytes(parts, upload, document);
  return { sizeBytes: document.sizeBytes, sha256: document.sha256 };
}

/** A complete document stays as it is: the same bytes again are fine, others are not. */
async function refuseOtherBytes(
  parts: VaultParts,
  upload: DocumentUpload,
  document: SealedDocument,
): Promise<void> {
  const onboardingId = onboardingIdOf(upload.tenantId, upload.requestId);
  const present = await findDocument(parts, onboardingId, upload.documentId);
  if (present.opener.sha256() !== document.sha256) throw new DocumentConflict(upload.documentId);
}

async function refuseErased(query: Query, onboardingId: string): Promise<void> {
  const [admission] = await query<{ erased_at: Date | null }>(lockAdmission, [onboardingId]);
  if (admission?.erased_at) throw new VaultErased(onboardingId);
}
