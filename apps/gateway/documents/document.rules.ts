import { bytesMaxOf } from '#contracts/document-limits.js';
import type { RuleError } from '#contracts/events.js';
import { documentIdOf } from '#contracts/onboarding-id.js';
import { sentenceOf } from '#contracts/reason-codes.js';
import type { RequestDocument } from '#contracts/request.js';
import type { DocumentRecord } from '#vault/document.js';

/**
 * What is wrong with documents that were uploaded before the request that declares them, when their types were not known
 * yet. Pointers lead into the request.
 */
export function earlyUploadErrors(
  onboardingId: string,
  declared: readonly RequestDocument[],
  uploaded: readonly DocumentRecord[],
): RuleError[] {
  const uploads = new Map(uploaded.map((record) => [record.documentId, record]));
  return declared.flatMap((document, index) => {
    const upload = uploads.get(documentIdOf(onboardingId, document.id));
    if (upload === undefined) return [];
    const pointer = `/documents/${String(index)}`;
    const errors: RuleError[] = [];
    if (upload.sizeBytes > bytesMaxOf(document.type)) errors.push(fieldError(pointer, 'document_too_large'));
    if (upload.mimeType !== document.mimeType)
      errors.push(fieldError(`${pointer}/mimeType`, 'content_type_unsupported'));
    return errors;
  });
}

function fieldError(pointer: string, code: 'document_too_large' | 'content_type_unsupported'): RuleError {
  return { pointer, code, message: sentenceOf(code) };
}
