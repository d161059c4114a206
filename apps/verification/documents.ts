import type { OnboardingEvent } from '#contracts/envelope.js';
import { documentIdOf } from '#contracts/onboarding-id.js';
import type { RequestDocument } from '#contracts/request.js';
import type { FinhubClient } from '#finhub-client/client.js';
import type { Origin } from '#finhub-client/headers.js';
import { isFileNamed, type Uploaded } from '#finhub-client/documents.js';
import { NotYet, type Steps } from '#stage/steps.js';
import type { Vault } from '#vault/vault.js';
import { fileNameOf, uploadLimitMs } from './verification.rules.js';

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

/** From the vault to FinHub. */
export class Documents {
  constructor(
    private readonly vault: Vault,
    private readonly finhub: FinhubClient,
  ) {}

  /** Waits until every declared document is there; parks at the deadline. */
  await(
    { onboardingId }: OnboardingEvent,
    declared: readonly RequestDocument[],
    steps: Steps,
  ): Promise<ReadyDocument[]> {
    const look = async (): Promise<ReadyDocument[] | NotYet> => {
      const complete = new Map(
        (await this.vault.documents(onboardingId)).map((row) => [row.documentId, row]),
      );
      const ready = declared.flatMap(({ id, type, mimeType }) => {
        const documentId = documentIdOf(onboardingId, id);
        const found = complete.get(documentId);
        return found === undefined ? [] : [{ documentId, type, mimeType, sizeBytes: found.sizeBytes }];
      });
      return ready.length < declared.length ? new NotYet('waiting_for_documents') : ready;
    };
    const overdue = 'documents_overdue';
    return steps.poll('documents', look, { everyMs: 5_000, everyMaxMs: 10 * minuteMs, deadlineMs, overdue });
  }

  /** False where the verification was decided before FinHub had the document: it takes none any more. */
  async upload(
    {
      event,
      verificationId,
      document,
      origin,
    }: { event: UploadEvent; verificationId: string; document: ReadyDocument; origin: Origin | undefined },
    steps: Steps,
  ): Promise<boolean> {
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
        find: async (call) => {
          const listed = await finhub.documents(customer, call);
          const ours = listed.find((entry) => isFileNamed(entry.fileName, fileName));
          return ours ? { state: 'present', result: { documentId: ours.documentId } } : { state: 'absent' };
        },
      },
    );
    return 'documentId' in uploaded;
  }
}

type UploadEvent = OnboardingEvent<{ readonly customerId: string }>;
