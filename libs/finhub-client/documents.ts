import type { RequestDocument } from '#contracts/request.js';
import type { FinhubApi, StreamedBody } from './api.js';
import { failureWithoutAnswer } from './answers.js';
import { base64Json, base64JsonBytes, type Base64Json } from './base64-json.js';
import { standaloneCall, type Call } from './call.js';
import { OwnError } from './exchange.js';
import { FinhubFailure } from './failure.js';
import type { Fields } from './fields.js';
import type { Origin } from './headers.js';
import { listAll } from './paging.js';
import type { Customer } from './readiness.js';
import { verificationCalls } from './verification.js';

/** A document on its way to FinHub. */
export interface DocumentUpload extends Customer {
  readonly verificationId: string;
  readonly type: RequestDocument['type'];
  /** Carries our document id, so that the document can be recognised in a list (U40). */
  readonly fileName: string;
  readonly mimeType: RequestDocument['mimeType'];
  /** The bytes, or a function that opens them anew where a refused session makes the call be sent again. */
  readonly content: AsyncIterable<Buffer> | (() => AsyncIterable<Buffer>);
  readonly sizeBytes: number;
  readonly origin?: Origin | undefined;
}

export interface ListedDocument {
  readonly documentId: string;
  /** Empty where FinHub shows none (c.2.5). */
  readonly fileName: string;
  /** Without FinHub's prefix `DT_`. */
  readonly type: string;
  /** Undefined where FinHub tells none, or not of which time zone it is (b.6). */
  readonly uploadedAt?: Date | undefined;
}

/** What became of an upload: a verification that is decided by then takes no more documents (U31). */
export type Uploaded = { readonly documentId: string } | { readonly isClosed: true };

export interface DocumentCalls {
  /**
   * Adds a document to an open verification; a second call makes a second one. The content is streamed with back-pressure,
   * and waits while the documents under way in this process have as many bytes as the bound, or the tenant's as its share of it. Errors of the content reach the
   * caller as they are: nothing whole was sent. Where FinHub refuses (409), the verification is looked up: one that is
   * decided is `isClosed`. CONTRACT.md c.4.2, U24, U31.
   */
  uploadDocument(document: DocumentUpload, call?: Call): Promise<Uploaded>;
  /** All documents of a customer, those of its verifications too. CONTRACT.md c.2.5, c.3.7, U24. */
  documents(customer: Customer, call?: Call): Promise<ListedDocument[]>;
}

export function documentCalls(api: FinhubApi): DocumentCalls {
  return {
    async uploadDocument(document, call) {
      try {
        return await upload(api, document, call);
      } catch (error) {
        if (!(error instanceof FinhubFailure) || error.status !== 409) throw error;
        const status = await verificationCalls(api).verificationStatus(document, call);
        if (status !== 'approved' && status !== 'rejected') throw error;
        return { isClosed: true };
      }
    },
    documents: ({ kind, customerId }, call) => {
      const isOrganization = kind === 'organization';
      return listAll(
        api,
        {
          operation: isOrganization ? 'listOrganizationDocuments' : 'listIndividualDocuments',
          path: isOrganization ? { organizationId: customerId } : { customerId },
          name: 'documents',
          read: readDocument,
          idOf: (document) => document.documentId,
        },
        call,
      );
    },
  };
}

/** Whether a listed file is the one that we sent: FinHub may put eight hex digits in front of its name (c.4.2). */
export function isFileNamed(listed: string, sent: string): boolean {
  return (
    listed === sent || (listed.endsWith(sent) && /^[0-9a-f]{8}[-_]?$/iu.test(listed.slice(0, -sent.length)))
  );
}

async function upload(
  api: FinhubApi,
  document: DocumentUpload,
  call: Call = standaloneCall,
): Promise<{ documentId: string }> {
  const { verificationId, content, sizeBytes, origin } = document;
  const fields = fieldsOf(document);
  const json = { fields, name: 'fileContent', sizeBytes };
  const request = {
    path: { verificationId },
    origin,
    body: fields,
    stream: streamOf(json, content),
    read: ({ data }: { data: Fields }) => ({ documentId: data.need('documentId', 'id') }),
  };
  const item = { bytes: sizeBytes, owner: api.settings.tenantId };
  const done = await api.uploads.within(item, call, () => api.request('uploadDocument', request, call));
  if (!done) throw failureWithoutAnswer('uploadDocument', false, 'uploads_full');
  return done.result;
}

function fieldsOf({ kind, customerId, verificationId, type, fileName, mimeType }: DocumentUpload): object {
  const owner = kind === 'organization' ? { organizationId: customerId } : { customerId };
  return { verificationId, documentType: type, mimeType, fileName, ...owner };
}

function streamOf(json: Base64Json, content: DocumentUpload['content']): StreamedBody {
  return {
    bytes: base64JsonBytes(json),
    canRepeat: typeof content === 'function',
    open: () => asOwn(base64Json(json, typeof content === 'function' ? content() : content)),
  };
}

/** What the content throws is the caller's, and must not be taken for a broken connection. */
async function* asOwn(body: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw new OwnError('the content failed', { cause: error });
  }
}

function readDocument(entry: Fields): ListedDocument {
  return {
    documentId: entry.need('documentId', 'id'),
    fileName: entry.text('fileName', 'name') ?? '',
    type: (entry.text('documentType', 'fileType') ?? '').replace(/^DT_/u, ''),
    uploadedAt: timeOf(entry.text('uploadedAt', 'uploadDate')),
  };
}

/** ISO with a zone, or epoch milliseconds. */
function timeOf(text = ''): Date | undefined {
  const isClear = /^\d{13}$|(?:Z|[+-]\d\d:?\d\d)$/u.test(text);
  const time = new Date(/^\d+$/u.test(text) ? Number(text) : text);
  return isClear && !Number.isNaN(time.getTime()) ? time : undefined;
}
