import { describe, expect, it, jest } from '@jest/globals';
import { onboardingRegistered, onboardingStaffed } from '#contracts/events.js';
import { documentIdOf } from '#contracts/onboarding-id.js';
import type { OnboardingRequest, RequestDocument } from '#contracts/request.js';
import type { FinhubTenant } from '#finhub-client/client.js';
import type { DocumentUpload } from '#finhub-client/documents.js';
import type { Signal } from '#stage/steps.js';
import type { DocumentRecord } from '#vault/document.js';
import { RecordingSteps } from '#stage/testing/recording-steps.js';
import {
  applicantsOf,
  eventOf,
  finhubOf,
  requestOf,
  vaultOf,
  type FakeTenant,
} from '../../test/handler-parts.js';
import { Documents } from './documents.js';
import { VerificationHandler } from './verification.handler.js';

type Status = Awaited<ReturnType<FinhubTenant['verificationStatus']>>;

interface Given {
  readonly approval?: 'wait' | 'auto';
  readonly level?: 'POWER_TENANT_VERIFIED';
  readonly approves?: Awaited<ReturnType<FinhubTenant['approve']>>;
  readonly status?: Status;
  readonly signals?: readonly Signal[];
  /** FinHub decides when it has so many documents, and takes no more. */
  readonly decidesAfter?: number;
  /** How many of the two declared documents are in the vault. */
  readonly complete?: number;
  /** What the first of them is, other than declared. */
  readonly first?: Partial<DocumentRecord>;
  /** False: FinHub's list of documents has no file names (CONTRACT.md c.2.5). */
  readonly listsNames?: boolean;
}

const registered = { customerId: 'customer-1', userId: 'user-1' };
const event = eventOf(onboardingRegistered, registered);
const approval: Signal = { kind: 'approve', by: 'officer-1', occurredAt: '2030-01-01T00:00:00Z' };
const request = requestOf('individual');
const documentIds = request.documents.map(({ id }) => documentIdOf(event.onboardingId, id));

function world(given: Given = {}) {
  const uploaded: DocumentUpload[] = [];
  const openVerification = jest.fn<FinhubTenant['openVerification']>().mockResolvedValue({
    verificationId: 'verification-1',
  });
  const approve = jest.fn<FinhubTenant['approve']>().mockResolvedValue(given.approves ?? 'approved');
  const finhub: FakeTenant = {
    settings: { approval: given.approval ?? 'auto', adminUserId: 'tenant-admin' },
    openVerification,
    approve,
    verificationStatus: async () => given.status ?? 'open',
    uploadDocument: async (document) => {
      if (uploaded.length === given.decidesAfter) return { isClosed: true };
      uploaded.push(document);
      return { documentId: `finhub-${uploaded.length}` };
    },
    documents: async () =>
      uploaded.map(({ fileName, type }, n) => ({
        documentId: `finhub-${n + 1}`,
        fileName: given.listsNames === false ? '' : `1a2b3c4d_${fileName}`,
        type,
      })),
  };
  const asked = given.level === undefined ? request : { ...request, verificationLevel: given.level };
  const vault = vaultOf(asked, {
    documents: async () =>
      rowsOf(request.documents.slice(0, given.complete), 3).map((row, n) => ({
        ...row,
        ...(n === 0 ? given.first : {}),
      })),
  });
  const steps = new RecordingSteps(given.signals);
  const handler = new VerificationHandler(applicantsOf(asked), finhubOf(finhub), vault);
  return { handler, steps, uploaded, openVerification, approve };
}

/** What the vault has where each is uploaded as it is declared. */
function rowsOf(
  declared: readonly Pick<OnboardingRequest['documents'][number], 'id' | 'mimeType'>[],
  sizeBytes: number,
): DocumentRecord[] {
  return declared.map(({ id, mimeType }) => ({
    documentId: documentIdOf(event.onboardingId, id),
    mimeType,
    sizeBytes,
    sha256: `sha of ${id}`,
  }));
}

async function verify(given: Given = {}) {
  const made = world(given);
  return { ...made, fact: await made.handler.individual(event, made.steps) };
}

describe('verification', () => {
  it('waits for documents that are missing, and asks nothing of FinHub before', async () => {
    const { handler, steps, openVerification } = world({ complete: 1 });
    await expect(handler.individual(event, steps)).rejects.toMatchObject({
      step: 'documents',
      code: 'waiting_for_documents',
    });
    expect(steps.taken).toMatchObject([{ options: { overdue: 'documents_overdue' } }]);
    expect(openVerification).not.toHaveBeenCalled();
  });

  it.each<[string, Partial<DocumentRecord>]>([
    ['of another type than declared', { mimeType: 'application/pdf' }],
    ['too large for its type', { sizeBytes: 10 * 1024 * 1024 + 1 }],
  ])('is parked where a document is %s, and asks nothing of FinHub before', async (_, first) => {
    const { handler, steps, openVerification } = world({ first });
    await expect(handler.individual(event, steps)).rejects.toMatchObject({
      step: 'documents-fit',
      code: 'document_unfit',
      missing: ['/documents/0'],
    });
    expect(steps.taken.at(-1)).toMatchObject({ options: { deadlineMs: 0, overdue: 'document_unfit' } });
    expect(openVerification).not.toHaveBeenCalled();
  });

  it('is parked where two documents of one type have the same content, which FinHub would take for one', async () => {
    const [passport, address] = request.documents;
    const again = { ...passport!, id: 'passport-again' };
    const sameContent = (types: readonly RequestDocument[]) => {
      const rows = rowsOf(types, 3).map((row) => ({ ...row, sha256: 'one' }));
      const documents = new Documents(vaultOf({}, { documents: async () => rows }), finhubOf({}));
      return documents.await(event, types, new RecordingSteps());
    };
    await expect(sameContent([passport!, address!, again])).rejects.toMatchObject({
      step: 'documents-fit',
      code: 'document_unfit',
      missing: ['/documents/2'],
    });
    expect(await sameContent([passport!, address!])).toHaveLength(2);
  });

  it('goes on with the right file, uploaded under another id after a correction', async () => {
    const [passport, ...others] = request.documents;
    const corrected = [{ ...passport!, id: 'passport-again' }, ...others];
    const rows = rowsOf(corrected, 3);
    const documents = new Documents(vaultOf({}, { documents: async () => rows }), finhubOf({}));
    const steps = new RecordingSteps();
    jest.spyOn(steps, 'poll').mockResolvedValueOnce([]);
    expect(await documents.await(event, corrected, steps)).toMatchObject([
      { documentId: rows[0]!.documentId },
      { documentId: rows[1]!.documentId },
    ]);
  });

  it('knows as many documents as a request may declare', async () => {
    const declared = Array.from({ length: 50 }, (_, n) => ({
      ...request.documents[0]!,
      id: `no-${n}`,
      type: 'CERTIFICATE_OF_INCORPORATION' as const,
    }));
    const rows = rowsOf(declared, 10_000_000);
    const documents = new Documents(vaultOf({}, { documents: async () => rows }), finhubOf({}));
    expect(await documents.await(event, declared, new RecordingSteps())).toHaveLength(50);
  });

  it('uploads every document under our own id', async () => {
    const { uploaded, fact } = await verify();
    expect(uploaded).toMatchObject([
      { type: 'PASSPORT', fileName: `${documentIds[0]!}.png`, verificationId: 'verification-1' },
      { type: 'PROOF_OF_ADDRESS', fileName: `${documentIds[1]!}.pdf` },
    ]);
    expect(fact.data).toMatchObject({ documents: 2 });
  });

  it('goes on with the verdict where FinHub has decided before it had every document', async () => {
    const { fact, uploaded } = await verify({ approval: 'wait', status: 'approved', decidesAfter: 1 });
    expect(uploaded).toHaveLength(1);
    expect(fact.contract.type).toBe('onboarding.verified.v1');
    expect(fact.data).toMatchObject({ decidedBy: 'finhub', documents: 1 });
  });

  it('approves by the tenant’s policy', async () => {
    const { fact, steps } = await verify();
    expect(fact.contract.type).toBe('onboarding.verified.v1');
    expect(fact.data).toMatchObject({ verificationId: 'verification-1', decidedBy: 'policy' });
    expect(steps.names.at(-1)).toBe('approve');
  });

  it('leaves the verdict to FinHub where the power tenant’s is asked for, whatever the tenant’s policy', async () => {
    const { fact, approve } = await verify({ level: 'POWER_TENANT_VERIFIED', status: 'approved' });
    expect(fact.data).toMatchObject({ decidedBy: 'finhub' });
    expect(approve).not.toHaveBeenCalled();
  });

  it('leaves the verdict to FinHub where the tenant’s policy is to wait', async () => {
    const { fact, approve } = await verify({ approval: 'wait', status: 'approved' });
    expect(fact.data).toMatchObject({ decidedBy: 'finhub' });
    expect(approve).not.toHaveBeenCalled();
  });

  it.each(['open', 'unknown', 'none'] as const)('waits while FinHub says %s', async (status) => {
    const { handler, steps } = world({ approval: 'wait', status });
    await expect(handler.individual(event, steps)).rejects.toMatchObject({
      step: 'verification-status',
      code: 'waiting_for_verification',
    });
  });

  it('approves when the tenant’s officer has said so', async () => {
    const { fact } = await verify({ approval: 'wait', signals: [approval] });
    expect(fact.data).toMatchObject({ decidedBy: 'officer' });
  });

  it('looks for the verdict where FinHub has not decided with the approval', async () => {
    const { fact, steps } = await verify({ approves: 'open', status: 'approved' });
    expect(steps.names.slice(-2)).toEqual(['approve', 'verification-status']);
    expect(fact.data).toMatchObject({ decidedBy: 'policy' });
  });

  it.each<[string, Given]>([
    ['by itself', { approval: 'wait', status: 'rejected' }],
    ['against our approval', { approves: 'rejected' }],
    ['against an officer’s approval', { approval: 'wait', signals: [approval], approves: 'rejected' }],
  ])('that FinHub rejects %s ends as rejected by FinHub', async (_, given) => {
    const { fact } = await verify(given);
    expect(fact.contract.type).toBe('onboarding.rejected.v1');
    expect(fact.data).toEqual({ code: 'verification_rejected', by: 'finhub', customerId: 'customer-1' });
  });

  it.each([
    ['its own user', 'user-1', 'user-1'],
    ['the tenant’s admin where FinHub named no user', undefined, 'tenant-admin'],
  ])('of an individual is opened in the name of %s', async (_, userId, actingUserId) => {
    const { handler, steps, openVerification } = world();
    const fact = await handler.individual({ ...event, data: { customerId: 'customer-1', userId } }, steps);
    expect(openVerification.mock.calls[0]?.[0]).toMatchObject({ customerId: 'customer-1', actingUserId });
    expect(fact.data).toMatchObject({ actingUserId });
  });

  it('of an organization is opened in the name of its acting user', async () => {
    const { handler, steps, openVerification } = world();
    const people = { employees: 1, directors: 1, shareholders: 2 };
    const staffed = eventOf(
      onboardingStaffed,
      { ...registered, actingUserId: 'user-2', ...people },
      'organization',
    );
    await handler.organization({ ...staffed, onboardingId: event.onboardingId }, steps);
    expect(openVerification.mock.calls[0]?.[0]).toEqual({
      kind: 'organization',
      customerId: 'customer-1',
      actingUserId: 'user-2',
      level: 'TENANT_VERIFIED',
      identity: { documentType: 'PASSPORT' },
    });
  });

  it('finds a lost opening by its webhook, and a lost upload by its name', async () => {
    const submitted = { ...approval, kind: 'verification.submitted', verificationId: 'verification-9' };
    const { steps } = await verify({ signals: [submitted] });
    expect(await steps.find('open-verification')).toMatchObject({
      result: { verificationId: 'verification-9' },
    });
    expect(await steps.find(`upload:${documentIds[1]!}`)).toEqual({
      state: 'present',
      result: { documentId: 'finhub-2' },
    });
  });

  it('does not tell, where FinHub lists one of its type without a name, whether that is a lost upload', async () => {
    const { steps } = await verify({ listsNames: false });
    expect(await steps.find(`upload:${documentIds[0]!}`)).toEqual({ state: 'unknown' });
  });

  it('uploads again when FinHub does not list the document', async () => {
    const { steps, uploaded } = await verify();
    uploaded.length = 0;
    expect(await steps.find(`upload:${documentIds[0]!}`)).toEqual({ state: 'absent' });
  });
});
