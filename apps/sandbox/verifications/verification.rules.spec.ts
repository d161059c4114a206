import { describe, expect, it } from '@jest/globals';
import type { Customer, StoredDocument, Verification } from '../state/customer.js';
import { Refusal } from '../http/refusal.js';
import {
  closed,
  decided,
  isClosed,
  overallStatus,
  verificationKey,
  withDocument,
} from './verification.rules.js';

const verification: Verification = {
  id: 'v1',
  tenantId: 't1',
  customerId: 'c1',
  type: 'IDENTITY_VERIFICATION',
  level: 'TENANT_VERIFIED',
  status: 'PENDING',
  documents: [],
  createdAt: 0,
};
const document: StoredDocument = {
  documentId: 'd1',
  type: 'PASSPORT',
  sentType: 'PASSPORT',
  fileName: 'p.pdf',
  mimeType: 'application/pdf',
  sizeBytes: 1,
  sha256: 'x',
  category: '',
  uploadedAt: 0,
};
const context = {
  nowMs: 1_000,
  tags: [],
  owner: { kind: 'individual', riskLevel: 'LOW' },
  needsDocuments: false,
  slowDecisionMs: 500,
} as const;
const yes = { status: 'APPROVED', by: 'officer' } as const;
const no = { status: 'REJECTED', by: 'officer' } as const;

function statusOf(act: () => unknown): number {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.status;
    throw error;
  }
  return 200;
}

describe('given an open verification', () => {
  it('when a document comes, then it is IN_PROGRESS', () => {
    expect(withDocument(verification, document)).toMatchObject({
      status: 'IN_PROGRESS',
      documents: [document],
    });
  });

  it('when an officer approves, then it is APPROVED by that officer', () => {
    expect(decided(verification, yes, context)).toMatchObject({ status: 'APPROVED', decidedBy: 'officer' });
  });

  it('when the applicant is kyc-rejected, then approving ends as REJECTED (U39)', () => {
    expect(decided(verification, yes, { ...context, tags: ['kyc-rejected'] }).status).toBe('REJECTED');
  });

  it('when the applicant is kyb-slow, then approving only asks, and the first time to decide stays', () => {
    const slow = { ...context, tags: ['kyb-slow'] } as const;
    const asked = decided(verification, no, slow);
    expect(asked).toMatchObject({ status: 'IN_PROGRESS', decideAt: 1_500 });
    expect(decided(asked, no, { ...slow, nowMs: 1_400 }).decideAt).toBe(1_500);
    expect(closed(asked, slow).status).toBe('REJECTED');
  });

  it('when documents are asked for and missing, then approving is 422 and rejecting is not', () => {
    const strict = { ...context, needsDocuments: true };
    expect(statusOf(() => decided(verification, yes, strict))).toBe(422);
    expect(decided(verification, no, strict).status).toBe('REJECTED');
    expect(decided(withDocument(verification, document), yes, strict).status).toBe('APPROVED');
  });
});

describe('given a closed verification', () => {
  const approved = decided(verification, yes, context);

  it('when a document comes, then it is 409 (U31)', () => {
    expect(statusOf(() => withDocument(approved, document))).toBe(409);
  });

  it('when the same verdict comes again, then nothing changes; another one is 409 (U24, U39)', () => {
    expect(decided(approved, yes, { ...context, nowMs: 9_000 })).toBe(approved);
    expect(statusOf(() => decided(approved, no, context))).toBe(409);
  });

  it('when approving was answered with REJECTED, then approving again answers the same', () => {
    const refused = decided(verification, yes, { ...context, tags: ['kyc-rejected'] });
    expect(decided(refused, yes, context)).toBe(refused);
    expect(isClosed(refused)).toBe(true);
  });
});

describe('given several verifications of a customer', () => {
  const individual = { id: 'c1', kind: 'individual' } as Customer;
  const rejected: Verification = { ...verification, status: 'REJECTED' };

  it('when one is approved, then the customer is; else the latest speaks, and none is NONE (U13)', () => {
    expect(overallStatus([])).toBe('NONE');
    expect(overallStatus([rejected, verification])).toBe('PENDING');
    expect(overallStatus([decided(verification, yes, context), rejected])).toBe('APPROVED');
  });

  it('when the one before was rejected, then the next has a key of its own; else it has the same', () => {
    const keyAfter = (before: Verification[]): string =>
      verificationKey(individual, verification.type, before);
    expect(keyAfter([])).toBe('c1');
    expect(keyAfter([verification])).toBe('c1');
    expect(keyAfter([rejected])).toBe('c1:round-2');
    expect(verificationKey(individual, 'SANCTIONS_CHECK', [])).toBe('c1:SANCTIONS_CHECK');
  });
});
