import type { RequestDocument } from '#contracts/request.js';

/** A document that an upstream uploads, before or after the request is admitted. */
export interface DocumentUpload {
  readonly tenantId: string;
  readonly requestId: string;
  /** `documentIdOf(onboardingId, the upstream's id)`. */
  readonly documentId: string;
  readonly mimeType: RequestDocument['mimeType'];
  /** Bytes that it may have. */
  readonly maxBytes: number;
}

/** What was stored of an upload. */
export interface DocumentReceipt {
  readonly sizeBytes: number;
  /** Of the plain bytes, lower-case hex. */
  readonly sha256: string;
}

/** A complete document. */
export interface DocumentRecord extends DocumentReceipt {
  readonly documentId: string;
  readonly mimeType: RequestDocument['mimeType'];
}
