import { createHash } from 'node:crypto';
import { refuseInvalid, type FieldFault } from '../http/refusal.js';
import type { CustomerKind, StoredDocument } from '../state/customer.js';

/** The body of c.4.2; one of the two owners is there. */
export interface NewDocument {
  readonly documentType: string;
  readonly fileName: string;
  readonly fileContent: string;
  readonly mimeType: string;
  readonly verificationId?: string;
  readonly customerId?: string;
  readonly organizationId?: string;
  readonly documentCategory?: string;
}

/** What a file may be (c.4.2). */
export const mimeTypes: readonly string[] = ['application/pdf', 'image/jpeg', 'image/png'];

const megabyte = 1_024 * 1_024;
/** U41 */
const sizeMaxBytes = 10 * megabyte;
const financialStatementsMaxBytes = 20 * megabyte;

/** Other spellings of a type that the pages use (c.4.2, U7). */
const aliases: Readonly<Record<string, string>> = {
  DIRECTOR_IDS: 'DIRECTOR_ID',
  PROOF_OF_REGISTERED_ADDRESS: 'PROOF_OF_ADDRESS',
  BENEFICIAL_OWNERS_DECLARATION: 'BENEFICIAL_OWNERSHIP',
  BENEFICIAL_OWNER_DECLARATION: 'BENEFICIAL_OWNERSHIP',
};

const identityDocuments = ['PASSPORT', 'NATIONAL_ID', 'GOVERNMENT_ID'];
const organizationDocuments = [
  'CERTIFICATE_OF_INCORPORATION',
  'ARTICLES_OF_ASSOCIATION',
  'SHAREHOLDER_REGISTER',
  'DIRECTOR_ID',
  'BANK_STATEMENT',
  'BENEFICIAL_OWNERSHIP',
];
const byRisk = {
  LOW: [],
  MEDIUM: ['PROOF_OF_ADDRESS', 'SOURCE_OF_FUNDS'],
  HIGH: ['PROOF_OF_ADDRESS', 'SOURCE_OF_FUNDS', 'BENEFICIAL_OWNERSHIP', 'PEP_DECLARATION'],
} as const;

/** Whose documents are asked for. */
export interface DocumentOwner {
  readonly kind: CustomerKind;
  readonly riskLevel: keyof typeof byRisk;
}

/** The types that are required (U7); of the identity documents any one will do, `GOVERNMENT_ID` stands for it. */
export function requiredTypes({ kind, riskLevel }: DocumentOwner): readonly string[] {
  return kind === 'organization' ? organizationDocuments : ['GOVERNMENT_ID', ...byRisk[riskLevel]];
}

/** Those of {@link requiredTypes} that are not among `documents`. */
export function missingTypes(owner: DocumentOwner, documents: readonly StoredDocument[]): string[] {
  const present = new Set(documents.map(({ type }) => type));
  const hasIdentity = identityDocuments.some((type) => present.has(type));
  return requiredTypes(owner).filter((type) =>
    type === 'GOVERNMENT_ID' ? !hasIdentity : !present.has(type),
  );
}

/** Reads a document inline as base64. Throws 400 with every fault: base64, size, extension (U30, U41). */
export function readDocument(body: NewDocument, made: { documentId: string; nowMs: number }): StoredDocument {
  const content = decoded(body.fileContent);
  const faults: FieldFault[] = [];
  if (!content) faults.push({ field: 'fileContent', message: 'is no base64' });
  faults.push(...fileFaults({ ...body, sizeBytes: content?.length ?? 1 }));
  refuseInvalid(faults);
  return storedDocument(body, content ?? Buffer.alloc(0), made);
}

/** What is wrong with a file's name or size. */
export function fileFaults(file: {
  fileName: string;
  documentType: string;
  sizeBytes: number;
}): FieldFault[] {
  const faults: FieldFault[] = [];
  const maxBytes = file.documentType === 'FINANCIAL_STATEMENTS' ? financialStatementsMaxBytes : sizeMaxBytes;
  if (file.sizeBytes === 0) faults.push({ field: 'fileContent', message: 'is empty' });
  if (file.sizeBytes > maxBytes)
    faults.push({ field: 'fileContent', message: `is larger than ${maxBytes / megabyte} MB` });
  if (!/[^.]\.[A-Za-z0-9]{1,10}$/u.test(file.fileName))
    faults.push({ field: 'fileName', message: 'has no extension' });
  return faults;
}

/** A document without its content. */
export function storedDocument(
  file: { documentType: string; fileName: string; mimeType: string; documentCategory?: string },
  content: Buffer,
  made: { documentId: string; nowMs: number },
): StoredDocument {
  return {
    documentId: made.documentId,
    type: aliases[file.documentType] ?? file.documentType,
    sentType: file.documentType,
    fileName: file.fileName,
    mimeType: file.mimeType,
    sizeBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    category: file.documentCategory ?? '',
    uploadedAt: made.nowMs,
  };
}

/**
 * The business key of a document: the same type with the same file name or content is the same document once more
 * (U40), and has the key of the first.
 */
export function documentKey(
  ownerId: string,
  document: StoredDocument,
  before: readonly StoredDocument[],
): string {
  const isSame = (other: StoredDocument): boolean =>
    other.type === document.type &&
    (other.fileName === document.fileName || other.sha256 === document.sha256);
  const { type, fileName, sha256 } = before.find(isSame) ?? document;
  return `${ownerId}:${type}:${fileName}:${sha256.slice(0, 16)}`;
}

/** How lists and answers show a document: the type with its prefix and plain (U7). */
export function shownDocument(document: StoredDocument, isVerified: boolean): Record<string, unknown> {
  return {
    documentId: document.documentId,
    id: document.documentId,
    documentType: `DT_${document.sentType}`,
    fileType: document.sentType,
    fileName: document.fileName,
    contentType: document.mimeType,
    category: document.category,
    status: isVerified ? 'VERIFIED' : 'UPLOADED',
    verified: isVerified,
    uploadedAt: new Date(document.uploadedAt).toISOString(),
    uploadDate: document.uploadedAt,
  };
}

function decoded(base64: string): Buffer | undefined {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/u.test(base64)) return undefined;
  return Buffer.from(base64, 'base64');
}
