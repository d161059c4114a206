import { missingTypes, type DocumentOwner } from '../documents/document.rules.js';
import { against, badRequest, conflict, outOfOrder } from '../http/refusal.js';
import type { Customer, StoredDocument, Verification } from '../state/customer.js';

/** What a verification is opened with, whichever of the three calls opens it. */
export interface Opening {
  readonly type: string;
  readonly level: string;
}

/** A verdict and who gave it. */
export interface Verdict {
  readonly status: 'APPROVED' | 'REJECTED';
  readonly by: string;
}

const mainTypes = { individual: 'IDENTITY_VERIFICATION', organization: 'BUSINESS_VERIFICATION' } as const;

/** Whether it has a verdict; then it takes neither documents (U31) nor another verdict (U39). */
export function isClosed({ status }: Verification): boolean {
  return status === 'APPROVED' || status === 'REJECTED';
}

/** Whether it is the one that activation asks for. */
export function isMain({ kind }: Customer, { type }: Pick<Verification, 'type'>): boolean {
  return type === mainTypes[kind];
}

/** Opens one. Throws 400 for the other kind's type, 422 for an organization without personnel (U35). */
export function opened(
  customer: Customer,
  opening: Opening,
  made: { id: string; nowMs: number },
): Verification {
  const other = customer.kind === 'individual' ? mainTypes.organization : mainTypes.individual;
  if (opening.type === other)
    throw badRequest('WRONG_VERIFICATION_TYPE', `${other} is not for this kind of customer`, {
      field: 'type',
    });
  if (customer.kind === 'organization' && customer.employees.length === 0)
    throw outOfOrder('employee', 'Add an employee with ADMIN_USER before the verification');
  return {
    id: made.id,
    tenantId: customer.tenantId,
    customerId: customer.id,
    type: opening.type,
    level: opening.level,
    status: 'PENDING',
    documents: [],
    createdAt: made.nowMs,
  };
}

/** Adds a document, also one that it has. Throws 409 once it is closed (U31). */
export function withDocument(verification: Verification, document: StoredDocument): Verification {
  refuseClosed(verification);
  return { ...verification, status: 'IN_PROGRESS', documents: [...verification.documents, document] };
}

/** Throws 409 once the verification is closed: before a document is looked at. */
export function refuseClosed(verification: Verification): void {
  if (isClosed(verification))
    throw conflict(
      'VERIFICATION_CLOSED',
      `The verification is ${verification.status} and takes no more documents`,
    );
}

/** How FinHub takes a verdict. */
export interface DecisionContext {
  readonly nowMs: number;
  readonly tags: Customer['tags'];
  readonly owner: DocumentOwner;
  /** The `strict-documents` switch (U7). */
  readonly needsDocuments: boolean;
  readonly slowDecisionMs: number;
}

/**
 * An officer's verdict. The same one again changes nothing (U24); another one on a closed verification is 409 (U39). For
 * `kyb-slow` it is only asked for; for `kyc-rejected` FinHub says no.
 */
export function decided(
  verification: Verification,
  verdict: Verdict,
  context: DecisionContext,
): Verification {
  if (isClosed(verification)) {
    if (verdict.status === verification.status || verdict.status === verification.requestedVerdict)
      return verification;
    throw conflict('VERIFICATION_CLOSED', `The verification is ${verification.status} already`);
  }
  const missing = missingTypes(context.owner, verification.documents);
  if (context.needsDocuments && verdict.status === 'APPROVED' && missing.length > 0)
    throw against('MISSING_DOCUMENTS', 'Required documents are missing', { missingDocuments: missing });
  const asked: Verification = { ...verification, requestedVerdict: verdict.status, decidedBy: verdict.by };
  if (context.tags.includes('kyb-slow'))
    return {
      ...asked,
      status: 'IN_PROGRESS',
      decideAt: verification.decideAt ?? context.nowMs + context.slowDecisionMs,
    };
  return closed(asked, context);
}

/** What comes out when its time has come: what was asked for, else yes; for `kyc-rejected` no. */
export function closed(
  verification: Verification,
  { tags, nowMs }: Pick<DecisionContext, 'tags' | 'nowMs'>,
): Verification {
  const isRefused = tags.includes('kyc-rejected') || verification.requestedVerdict === 'REJECTED';
  return {
    ...verification,
    status: isRefused ? 'REJECTED' : 'APPROVED',
    decidedBy: verification.decidedBy ?? 'system',
    decidedAt: nowMs,
    decideAt: undefined,
  };
}

/** What readiness says of all verifications of a customer (U13): approved once is approved. */
export function overallStatus(verifications: readonly Verification[]): Verification['status'] | 'NONE' {
  if (verifications.some(({ status }) => status === 'APPROVED')) return 'APPROVED';
  return verifications.at(-1)?.status ?? 'NONE';
}

/** The business key: a verification after a rejection is another one, not a double (U8). */
export function verificationKey(customer: Customer, type: string, before: readonly Verification[]): string {
  const ofType = before.filter((verification) => verification.type === type);
  const round = ofType.filter(({ status }) => status === 'REJECTED').length + 1;
  const kind = isMain(customer, { type }) ? '' : `:${type}`;
  return `${customer.id}${kind}${round > 1 ? `:round-${round}` : ''}`;
}

/** A verification as the calls show it, with both id fields (U6). */
export function shownVerification(verification: Verification, required: readonly string[]) {
  const { id, customerId, type, status, level } = verification;
  return {
    verificationId: id,
    id,
    customerId,
    type,
    status,
    level,
    verificationLevel: level,
    verificationType: type === 'BUSINESS_VERIFICATION' ? 'KYB' : 'KYC',
    requiredDocuments: required,
    verified: status === 'APPROVED',
    startedAt: new Date(verification.createdAt).toISOString(),
    ...(isClosed(verification)
      ? {
          approvedBy: verification.decidedBy,
          approvedAt: new Date(verification.decidedAt ?? verification.createdAt).toISOString(),
        }
      : {}),
  };
}
