import type { RequestDocument } from './request.js';

const megabyte = 1024 * 1024;

/** The most that any document may have (CONTRACT.md U41). */
export const documentBytesMax = 20 * megabyte;

/** The most bytes that FinHub takes of a type of document (CONTRACT.md c.4.2, U41). */
export function bytesMaxOf(type: RequestDocument['type']): number {
  return type === 'FINANCIAL_STATEMENTS' ? documentBytesMax : 10 * megabyte;
}

/** Whether a document is as its declaration says. */
export function isAsDeclared(
  { type, mimeType }: Pick<RequestDocument, 'type' | 'mimeType'>,
  document: { readonly mimeType: string; readonly sizeBytes: number },
): boolean {
  return document.mimeType === mimeType && document.sizeBytes <= bytesMaxOf(type);
}
