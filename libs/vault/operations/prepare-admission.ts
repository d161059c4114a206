import { identifier } from '#contracts/envelope.js';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import type { Admission } from '../admission.js';
import { takeOutInlineDocuments, type InlineDocument } from '../body/inline-documents.js';
import { valueAt } from '../body/json-pointer.js';
import { takeOutPasswords } from '../body/passwords.js';
import { seal } from '../sealing/aes-gcm.js';
import { canonicalJson } from '../sealing/canonical-json.js';
import { newDataKey, type WrappedKey } from '../sealing/data-key.js';
import { chunkBytes, DocumentSealer, type SealedDocument } from '../sealing/document-sealer.js';
import { bodyHash, emailHash } from '../sealing/keyed-hash.js';
import type { VaultKeys } from '../vault-keys.js';

/** UTF-16 units of a body in canonical JSON: twice what a Kafka record holds. */
const bodyLengthMax = 2 * 1024 * 1024;

/** A request as it is stored: no personal data in the clear. */
export interface PreparedAdmission extends WrappedKey, Omit<Admission, 'body'> {
  readonly sealedRequest: Buffer;
  readonly sealedPasswords: Buffer | null;
  readonly bodyHash: Buffer;
  readonly emailHash: Buffer | null;
  readonly documents: readonly PreparedDocument[];
}

/** An inline document as it is stored. */
export interface PreparedDocument extends SealedDocument {
  readonly onboardingId: string;
  readonly tenantId: string;
  readonly documentId: string;
  readonly mimeType: string;
  readonly chunks: readonly Buffer[];
}

/** Seals a request. Pure but for the random keys; `undefined` for what the vault cannot store. */
export function prepareAdmission(keys: VaultKeys, admission: Admission): PreparedAdmission | undefined {
  const { onboardingId, tenantId, requestId, applicantKind } = admission;
  const body = canonicalOf(admission.body);
  if (!hasValidIds(admission) || body === undefined) return undefined;
  const { rest: request, documents } = takeOutInlineDocuments(admission.body, onboardingId);
  const { rest, passwords } = takeOutPasswords(request);
  const { dataKey, ...wrappedKey } = newDataKey(keys, { onboardingId });
  const sealJson = (field: string, value: unknown) =>
    seal(dataKey, Buffer.from(JSON.stringify(value)), { onboardingId, field });
  return {
    ...{ onboardingId, tenantId, requestId, applicantKind, ...wrappedKey },
    sealedRequest: sealJson('request', rest),
    sealedPasswords: passwords.length === 0 ? null : sealJson('passwords', passwords),
    bodyHash: bodyHash(keys, onboardingId, body),
    emailHash: emailHashOf(keys, tenantId, rest),
    documents: documents.map((document) => prepareDocument(keys, admission, document)),
  };
}

/** The hash by which FinHub's webhooks find the applicant; `null` without an e-mail address. */
export function emailHashOf(keys: VaultKeys, tenantId: string, request: unknown): Buffer | null {
  const email = valueAt(request, ['individual', 'email']) ?? valueAt(request, ['organization', 'email']);
  return typeof email === 'string' ? emailHash(keys, tenantId, email) : null;
}

function hasValidIds({ onboardingId, tenantId, requestId, applicantKind }: Admission): boolean {
  return (
    identifier.safeParse(tenantId).success &&
    identifier.safeParse(requestId).success &&
    onboardingId === onboardingIdOf(tenantId, requestId) &&
    ['individual', 'organization'].includes(applicantKind)
  );
}

function canonicalOf(body: unknown): string | undefined {
  try {
    const text = canonicalJson(body);
    return text.length > bodyLengthMax ? undefined : text;
  } catch {
    return undefined;
  }
}

function prepareDocument(keys: VaultKeys, admission: Admission, document: InlineDocument): PreparedDocument {
  const { onboardingId, tenantId } = admission;
  const { documentId, mimeType, content } = document;
  const sealer = new DocumentSealer(keys, { onboardingId, documentId });
  const chunks: Buffer[] = [];
  for (let start = 0; start < content.length; start += chunkBytes)
    chunks.push(sealer.sealChunk(content.subarray(start, start + chunkBytes)).sealed);
  return { onboardingId, tenantId, documentId, mimeType, ...sealer.finish(), chunks };
}
