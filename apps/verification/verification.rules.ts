import type { RequestDocument } from '#contracts/request.js';
import { isFileNamed, type ListedDocument } from '#finhub-client/documents.js';
import type { IdentityDocument } from '#finhub-client/verification.js';
import { firstIdSince } from '#stage/evidence.js';
import type { Found, Signal } from '#stage/steps.js';

/** How far FinHub's clock may be behind ours: the customer is ours, so whatever was opened for it just before is too. */
const clockSkewMs = 5_000;

/**
 * A lost answer to the opening of a verification. Readiness says whether there is one; its id is in no list, only in the
 * webhook `verification.submitted` (CONTRACT.md U24).
 */
export function verificationOf(
  status: 'none' | 'open' | 'approved' | 'rejected' | 'unknown',
  intentAt: Date,
  signals: readonly Signal[],
): Found<{ verificationId: string }> {
  if (status === 'none') return { state: 'absent' };
  const verificationId = firstIdSince(new Date(intentAt.getTime() - clockSkewMs), signals, 'verificationId');
  return verificationId === undefined
    ? { state: 'unknown' }
    : { state: 'present', result: { verificationId } };
}

/**
 * A lost answer to an upload, by FinHub's list: the file has our name. Where the list has no names (c.2.5) the only one of the
 * type that came since then is ours; one without a time may be, and so may each of several.
 */
export function uploadOf(
  sent: { readonly fileName: string; readonly type: string },
  intentAt: Date,
  listed: readonly ListedDocument[],
): Found<{ documentId: string }> {
  const named = listed.find(({ fileName }) => isFileNamed(fileName, sent.fileName));
  if (named) return { state: 'present', result: { documentId: named.documentId } };
  const since = intentAt.getTime() - clockSkewMs;
  const [only, ...others] = listed.filter(
    ({ fileName, type, uploadedAt }) =>
      fileName === '' && ['', sent.type].includes(type) && (uploadedAt?.getTime() ?? since) >= since,
  );
  if (only === undefined) return { state: 'absent' };
  return others.length === 0 && only.uploadedAt !== undefined
    ? { state: 'present', result: { documentId: only.documentId } }
    : { state: 'unknown' };
}

/** What FinHub calls the documents that somebody identifies with (CONTRACT.md c.2.4). */
const identityTypes: Partial<Record<RequestDocument['type'], IdentityDocument['documentType']>> = {
  PASSPORT: 'PASSPORT',
  NATIONAL_ID: 'ID_CARD',
  GOVERNMENT_ID: 'ID_CARD',
};

/** The first declared document that somebody identifies with. */
export function identityOf(documents: readonly RequestDocument[]): IdentityDocument | undefined {
  for (const { type, number } of documents) {
    const documentType = identityTypes[type];
    if (documentType !== undefined)
      return { documentType, ...(number === undefined ? {} : { documentNumber: number }) };
  }
  return undefined;
}

const endings: Readonly<Record<RequestDocument['mimeType'], string>> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
};

/** The name under which FinHub keeps a document: our id, by which it is recognised in a list (CONTRACT.md U40). */
export function fileNameOf(documentId: string, mimeType: RequestDocument['mimeType']): string {
  return `${documentId}.${endings[mimeType]}`;
}

const uploadFirstMs = 10_000;
/** A slow line: 20 MB take 50 s. */
const bytesPerMs = 400;

/** How long the upload of a document may take. A lost answer is waited for as long, so a small one is not given a minute. */
export function uploadLimitMs(sizeBytes: number): number {
  return uploadFirstMs + Math.ceil(sizeBytes / bytesPerMs);
}
