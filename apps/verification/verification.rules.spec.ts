import { describe, expect, it } from '@jest/globals';
import type { ListedDocument } from '#finhub-client/documents.js';
import { fileNameOf, identityOf, uploadLimitMs, uploadOf, verificationOf } from './verification.rules.js';

const intentAt = new Date('2030-01-01T12:00:00Z');
const submitted = {
  kind: 'verification.submitted',
  by: 'finhub',
  occurredAt: '2030-01-01T12:00:01Z',
  verificationId: 'verification-1',
};

describe('the opening of a verification whose answer was lost', () => {
  it('did not happen when FinHub knows no verification', () => {
    expect(verificationOf('none', intentAt, [submitted])).toEqual({ state: 'absent' });
  });

  it.each(['open', 'approved', 'rejected', 'unknown'] as const)(
    'has its id from the webhook when the status is %s, and waits for it',
    (status) => {
      expect(verificationOf(status, intentAt, [])).toEqual({ state: 'unknown' });
      expect(verificationOf(status, intentAt, [submitted])).toEqual({
        state: 'present',
        result: { verificationId: 'verification-1' },
      });
    },
  );

  it('does not take the id of an earlier verification', () => {
    const earlier = { ...submitted, occurredAt: '2030-01-01T11:00:00Z' };
    expect(verificationOf('open', intentAt, [earlier])).toEqual({ state: 'unknown' });
  });
});

describe('a lost upload', () => {
  const sent = { fileName: 'ours.pdf', type: 'PASSPORT' };
  const nameless = { documentId: 'd-1', fileName: '', type: 'PASSPORT' };
  const now = { ...nameless, uploadedAt: intentAt };
  const older = { ...nameless, documentId: 'd-0', uploadedAt: new Date(intentAt.getTime() - 60_000) };

  it.each<[string, ListedDocument[], object]>([
    ['present by its name', [{ ...nameless, fileName: 'ab12cd34_ours.pdf' }], { state: 'present' }],
    ['absent where there is none of its type', [{ ...nameless, type: 'SELFIE' }], { state: 'absent' }],
    ['absent where all of its type have other names', [{ ...now, fileName: 'x.pdf' }], { state: 'absent' }],
    ['present as the only one without a name since then', [now], { state: 'present' }],
    ['absent where the only one without a name is older', [older], { state: 'absent' }],
    ['present beside an older one', [older, now], { state: 'present', result: { documentId: 'd-1' } }],
    ['not to be told from one without a name and a time', [nameless], { state: 'unknown' }],
    ['not to be told from a second one', [now, { ...now, documentId: 'd-2' }], { state: 'unknown' }],
  ])('is %s', (_, listed, found) => {
    expect(uploadOf(sent, intentAt, listed)).toMatchObject(found);
  });
});

describe('what an individual identifies with', () => {
  const document = { id: 'a', mimeType: 'application/pdf' } as const;

  it('is the first passport or identity card, with its number where that was given', () => {
    const proof = { ...document, type: 'PROOF_OF_ADDRESS' } as const;
    const card = { ...document, type: 'NATIONAL_ID', number: 'LT-1' } as const;
    const passport = { ...document, type: 'PASSPORT' } as const;
    expect(identityOf([proof, card, passport])).toEqual({ documentType: 'ID_CARD', documentNumber: 'LT-1' });
    expect(identityOf([passport])).toEqual({ documentType: 'PASSPORT' });
    expect(identityOf([{ ...card, type: 'GOVERNMENT_ID' }])).toMatchObject({ documentType: 'ID_CARD' });
    expect(identityOf([proof])).toBeUndefined();
  });
});

describe('a document’s name at FinHub', () => {
  it.each([
    ['application/pdf', 'id.pdf'],
    ['image/jpeg', 'id.jpg'],
    ['image/png', 'id.png'],
  ] as const)('of %s is our id with its ending', (mimeType, fileName) => {
    expect(fileNameOf('id', mimeType)).toBe(fileName);
  });
});

describe('the time limit of an upload', () => {
  it('grows with the document, so that a lost answer to a small one is not waited for as long', () => {
    expect(uploadLimitMs(1)).toBe(10_001);
    expect(uploadLimitMs(20_000_000)).toBe(60_000);
  });
});
