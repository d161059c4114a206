import type { DocumentRecord } from '../document.js';
import type { WrappedKey } from '../sealing/data-key.js';
import { DocumentOpener } from '../sealing/document-sealer.js';
import { DocumentUnknown } from '../vault-errors.js';
import type { VaultKeys } from '../vault-keys.js';
import type { VaultParts } from '../vault-parts.js';

const columns = `onboarding_id, document_id, upload_id, mime_type, size_bytes::text, kek_id, wrapped_key, sealed_sha256`;
const findAll = `select ${columns} from vault.document where onboarding_id = $1 order by document_id`;
const findOne = `select ${columns} from vault.document where onboarding_id = $1 and document_id = $2`;
const findChunk = `select sealed from vault.document_chunk where upload_id = $1 and position = $2`;

interface DocumentRow {
  onboarding_id: string;
  document_id: string;
  upload_id: string;
  mime_type: DocumentRecord['mimeType'];
  size_bytes: string;
  kek_id: string;
  wrapped_key: Buffer;
  sealed_sha256: Buffer;
}

/** A stored document with the key to it. */
export interface OpenableDocument {
  readonly uploadId: string;
  readonly mimeType: DocumentRecord['mimeType'];
  readonly sizeBytes: number;
  readonly opener: DocumentOpener;
}

/** The complete documents of an onboarding. */
export async function listDocuments(
  { database, keys }: VaultParts,
  onboardingId: string,
): Promise<DocumentRecord[]> {
  const rows = await database.query<DocumentRow>(findAll, [onboardingId]);
  return rows.map((row) => {
    const { mimeType, sizeBytes, opener } = openable(keys, row);
    return { documentId: row.document_id, mimeType, sizeBytes, sha256: opener.sha256() };
  });
}

/** Throws {@link DocumentUnknown}. */
export async function findDocument(
  { database, keys }: VaultParts,
  onboardingId: string,
  documentId: string,
): Promise<OpenableDocument> {
  const [row] = await database.query<DocumentRow>(findOne, [onboardingId, documentId]);
  if (row === undefined) throw new DocumentUnknown(documentId);
  return openable(keys, row);
}

/** The plain bytes, one chunk in memory at a time; a chunk that is missing or was changed throws. */
export async function* readDocument(
  parts: VaultParts,
  onboardingId: string,
  documentId: string,
): AsyncGenerator<Buffer> {
  const { uploadId, sizeBytes, opener } = await findDocument(parts, onboardingId, documentId);
  let bytesRead = 0;
  for (let position = 0; bytesRead < sizeBytes; position += 1) {
    const [chunk] = await parts.database.query<{ sealed: Buffer }>(findChunk, [uploadId, position]);
    if (chunk === undefined) break;
    const plain = opener.openChunk(position, chunk.sealed);
    bytesRead += plain.length;
    yield plain;
  }
  opener.refuseTruncated(bytesRead);
}

function openable(keys: VaultKeys, row: DocumentRow): OpenableDocument {
  const key: WrappedKey = { kekId: row.kek_id, wrapped: row.wrapped_key };
  const owner = { onboardingId: row.onboarding_id, documentId: row.document_id };
  const sizeBytes = Number(row.size_bytes);
  const stored = { ...key, uploadId: row.upload_id, sizeBytes, sealedSha256: row.sealed_sha256 };
  const opener = new DocumentOpener(keys, owner, stored);
  return { uploadId: row.upload_id, mimeType: row.mime_type, sizeBytes, opener };
}
