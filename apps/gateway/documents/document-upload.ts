import { HttpStatus } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { bytesMaxOf, documentBytesMax } from '#contracts/document-limits.js';
import { documentIdOf } from '#contracts/onboarding-id.js';
import { documentSchema } from '#contracts/request.js';
import type { AdmissionRecord } from '#vault/admission.js';
import type { DocumentReceipt } from '#vault/document.js';
import type { Vault } from '#vault/vault.js';
import { refusal, temporarilyUnavailable } from '../http/refusal.js';
import { fromVault } from '../http/vault-refusals.js';
import type { BoundedPublisher } from '../publishing/bounded-publisher.js';
import type { GatewayRecords } from '../publishing/gateway-records.js';
import { withIncomingBytes } from './incoming-bytes.js';
import { documentMimeTypes, isMagicOf, magicBytesMax, type DocumentMimeType } from './magic-number.js';
import { peek } from './peek.js';
import type { UploadSlots } from './upload-slots.js';

/** Which document of which request comes in, and what its sender says about it. */
export interface IncomingDocument {
  readonly onboardingId: string;
  readonly tenantId: string;
  readonly requestId: string;
  /** The upstream's name for it. */
  readonly name: string;
  readonly contentType: string | undefined;
  readonly contentLength: number | undefined;
  /** `undefined` while the request has not been admitted. */
  readonly admission: AdmissionRecord | undefined;
  readonly source: Readable;
}

/** What an upload works with. */
export interface UploadParts {
  readonly vault: Vault;
  readonly slots: UploadSlots;
  /** For all of one upload: its place is given back, however slowly its bytes come. */
  readonly timeLimitMs: number;
  readonly publisher: BoundedPublisher;
  readonly records: GatewayRecords;
}

const slotRetryAfterSeconds = 2;
const declaringSchema = z.object({ documents: z.array(documentSchema) });

/** Streams documents into the vault, never with more than a chunk of each in memory. */
export class DocumentUpload {
  constructor(private readonly parts: UploadParts) {}

  /**
   * Stores a document; the same bytes again are fine. Throws 404 for one that the admitted request does not declare, 408 where
   * it takes too long, 409 for other bytes than before, 413, 415 where type or first bytes are not as they should be, 503 when
   * too much comes in at once.
   */
  async store(document: IncomingDocument): Promise<DocumentReceipt> {
    const mimeType = mimeTypeOf(document.contentType);
    const bytesMax = await this.bytesMaxFor(document, mimeType, document.admission);
    const { contentLength = bytesMax } = document;
    if (contentLength > bytesMax) throw tooLarge(bytesMax);
    const free = this.parts.slots.take(contentLength);
    if (free === undefined)
      throw temporarilyUnavailable('Too many documents come in at the same time.', slotRetryAfterSeconds);
    const atEnd = (sizeBytes: number) => this.lookAgain(document, mimeType, sizeBytes);
    const { timeLimitMs } = this.parts;
    try {
      return await withIncomingBytes(document.source, { timeLimitMs, tooSlow, atEnd }, (bytes) =>
        this.keep(document, { mimeType, maxBytes: bytesMax }, bytes),
      );
    } finally {
      free();
    }
  }

  private async keep(
    document: IncomingDocument,
    { mimeType, maxBytes }: { readonly mimeType: DocumentMimeType; readonly maxBytes: number },
    bytes: Readable,
  ): Promise<DocumentReceipt> {
    const { onboardingId, tenantId, requestId } = document;
    const head = await peek(bytes, magicBytesMax);
    if (head.length === 0) throw refusal(HttpStatus.BAD_REQUEST, 'document_empty');
    if (!isMagicOf(mimeType, head)) throw unsupported(`The first bytes are not those of ${mimeType}.`);
    const documentId = documentIdOf(onboardingId, document.name);
    const upload = { tenantId, requestId, documentId, mimeType, maxBytes };
    const receipt = await fromVault(this.parts.vault.forTenant(tenantId).putDocument(upload, bytes), {
      document_too_large: () => tooLarge(maxBytes),
    });
    const admission = document.admission ?? (await this.admissionOf(document));
    if (admission !== undefined) await this.wake(admission);
    return receipt;
  }

  /** After the last byte: a request that was admitted meanwhile has its say before the document is complete. */
  private async lookAgain(
    document: IncomingDocument,
    mimeType: DocumentMimeType,
    sizeBytes: number,
  ): Promise<void> {
    if (document.admission !== undefined) return;
    const bytesMax = await this.bytesMaxFor(document, mimeType, await this.admissionOf(document));
    if (sizeBytes > bytesMax) throw tooLarge(bytesMax);
  }

  private admissionOf({ tenantId, onboardingId }: IncomingDocument): Promise<AdmissionRecord | undefined> {
    return this.parts.vault.forTenant(tenantId).admissionById(onboardingId);
  }

  /**
   * How large the document may be: by what the request declares, once it is admitted. Throws where it declares no such
   * document, or another type.
   */
  private async bytesMaxFor(
    { name, tenantId }: IncomingDocument,
    mimeType: DocumentMimeType,
    admission: AdmissionRecord | undefined,
  ): Promise<number> {
    if (admission === undefined) return documentBytesMax;
    const request = await fromVault(this.parts.vault.forTenant(tenantId).request(admission.onboardingId));
    const declared = declaringSchema.safeParse(request).data?.documents.find(({ id }) => id === name);
    if (declared === undefined) throw refusal(HttpStatus.NOT_FOUND, 'document_unknown');
    if (declared.mimeType !== mimeType)
      throw unsupported(`The request declares this document as ${declared.mimeType}.`);
    return bytesMaxOf(declared.type);
  }

  /**
   * The verification that waits for the document looks again now. Nobody depends on it: the document is stored, and the
   * stage looks by itself before its deadline, so Kafka's absence is not the uploader's trouble.
   */
  private async wake(admission: AdmissionRecord): Promise<void> {
    const { records, publisher } = this.parts;
    const command = {
      command: 'look-again',
      commandId: randomUUID(),
      by: 'gateway',
      why: 'a document was uploaded',
    } as const;
    await publisher.publish([records.command(admission, command)]).catch(() => undefined);
  }
}

function mimeTypeOf(contentType: string | undefined): DocumentMimeType {
  const wanted = contentType?.split(';')[0]?.trim().toLowerCase();
  const mimeType = documentMimeTypes.find((known) => known === wanted);
  if (mimeType === undefined) throw unsupported(`Send one of ${documentMimeTypes.join(', ')}.`);
  return mimeType;
}

function tooSlow(): Error {
  return refusal(HttpStatus.REQUEST_TIMEOUT, 'request_timeout');
}

function unsupported(detail: string): Error {
  return refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE, 'content_type_unsupported', { detail });
}

function tooLarge(bytesMax: number): Error {
  return refusal(HttpStatus.PAYLOAD_TOO_LARGE, 'document_too_large', {
    detail: `The document may have ${bytesMax} bytes.`,
  });
}
