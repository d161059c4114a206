import type { OnboardingEvent } from '#contracts/envelope.js';
import { isAsDeclared } from '#contracts/document-limits.js';
import { documentIdOf } from '#contracts/onboarding-id.js';
import type { RequestDocument } from '#contracts/request.js';
import type { FinhubClient } from '#finhub-client/client.js';
import type { Origin } from '#finhub-client/headers.js';
import type { Uploaded } from '#finhub-client/documents.js';
import { NotYet, type Steps } from '#stage/steps.js';
import type { Vault } from '#vault/vault.js';
import { fileNameOf, uploadLimitMs, uploadOf } from './verification.rules.js';

const minuteMs = 60_000;
/** Until then an upstream may bring the documents that it has declared. */
const deadlineMs = 7 * 24 * 60 * minuteMs;

/** A document whose content is complete in the vault. */
export interface ReadyDocument {
  readonly documentId: string;
  readonly type: RequestDocument['type'];
  readonly mimeType: RequestDocument['mimeType'];
  readonly sizeBytes: number;
}

/** What the vault has of a declared document. */
interface Found {
  /** Into the request. */
  readonly pointer: string;
  readonly isThere: boolean;
  /** Where it is as it is declared, and no other one over again. */
  readonly ready: ReadyDocument | undefined;
}

/** From the vault to FinHub. */
export class Documents {
  constructor(
    private readonly vault: Vault,
    private readonly finhub: FinhubClient,
  ) {}

  /**
   * Waits until every declared document is there; parks at the deadline, and at once where one is not as it is declared, or is
   * another one over again: FinHub's no to it would be final.
   */
  async await(
    { onboardingId }: OnboardingEvent,
    declared: readonly RequestDocument[],
    steps: Steps,
  ): Promise<ReadyDocument[]> {
    const every = { everyMs: 5_000, everyMaxMs: 10 * minuteMs };
    const look = async (): Promise<ReadyDocument[] | NotYet> => {
      const found = await this.find(onboardingId, declared);
      return found.every(({ isThere }) => isThere) ? readyOf(found) : new NotYet('waiting_for_documents');
    };
    const ready = await steps.poll('documents', look, { ...every, deadlineMs, overdue: 'documents_overdue' });
    if (ready.length === declared.length) return ready;
    const lookAgain = async (): Promise<ReadyDocument[] | NotYet> => {
      const found = await this.find(onboardingId, declared);
      const unfit = found.flatMap((document) => (document.ready === undefined ? [document.pointer] : []));
      return unfit.length === 0 ? readyOf(found) : new NotYet('document_unfit', unfit);
    };
    return steps.poll('documents-fit', lookAgain, { ...every, deadlineMs: 0, overdue: 'document_unfit' });
  }

  private async find(onboardingId: string, declared: readonly RequestDocument[]): Promise<Found[]> {
    const rows = new Map((await this.vault.documents(onboardingId)).map((row) => [row.documentId, row]));
    const seen = new Set<string>();
    return declared.map((document, index) => {
      const { id, type, mimeType } = document;
      const documentId = documentIdOf(onboardingId, id);
      const row = rows.get(documentId);
      // The same content of the same type is, for FinHub, the same document once more (CONTRACT.md U40).
      const content = `${type} ${row?.sha256 ?? documentId}`;
      const isFit = row !== undefined && isAsDeclared(document, row) && !seen.has(content);
      seen.add(content);
      return {
        pointer: `/documents/${index}`,
        isThere: row !== undefined,
        ready: isFit ? { documentId, type, mimeType, sizeBytes: row.sizeBytes } : undefined,
      };
    });
  }

  /** Gives FinHub's id of it; none where the verification was decided before FinHub had it: it takes none any more. */
  async upload(
    { event, verificationId, document, known, origin }: Upload,
    steps: Steps,
  ): Promise<string | undefined> {
    const finhub = this.finhub.tenant(event.tenantId);
    const { documentId, type, mimeType, sizeBytes } = document;
    const customer = { kind: event.applicantKind, customerId: event.data.customerId };
    const fileName = fileNameOf(documentId, mimeType);
    const content = () => this.vault.readDocument(event.onboardingId, documentId);
    const uploaded = await steps.once<Uploaded>(
      `upload:${documentId}`,
      (call) =>
        finhub.uploadDocument(
          { ...customer, verificationId, type, fileName, mimeType, content, sizeBytes, origin },
          call,
        ),
      {
        timeLimitMs: uploadLimitMs(sizeBytes),
        find: async (call, intent) => {
          const listed = await finhub.documents(customer, call);
          const others = listed.filter((entry) => !known.includes(entry.documentId));
          return uploadOf({ fileName, type }, intent.at, others);
        },
      },
    );
    return 'documentId' in uploaded ? uploaded.documentId : undefined;
  }
}

function readyOf(found: readonly Found[]): ReadyDocument[] {
  return found.flatMap(({ ready }) => ready ?? []);
}

interface Upload {
  readonly event: OnboardingEvent<{ readonly customerId: string }>;
  readonly verificationId: string;
  readonly document: ReadyDocument;
  /** FinHub's ids of those that were uploaded before. */
  readonly known: readonly string[];
  readonly origin: Origin | undefined;
}
