import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../http/refusal.js';
import { documentKey, missingTypes, readDocument, type NewDocument } from './document.rules.js';

const made = { documentId: 'd1', nowMs: 0 };
const body: NewDocument = {
  documentType: 'PASSPORT',
  fileName: 'p.pdf',
  fileContent: Buffer.from('content').toString('base64'),
  mimeType: 'application/pdf',
  customerId: 'c1',
};
const ofType = (documentType: string) => readDocument({ ...body, documentType }, made);

function fieldsOf(change: Partial<NewDocument>): unknown {
  try {
    readDocument({ ...body, ...change }, made);
  } catch (error) {
    if (error instanceof Refusal)
      return (error.data['errors'] as { field: string }[]).map(({ field }) => field);
    throw error;
  }
  return [];
}

describe('a document', () => {
  it('is kept without its content: size and SHA-256', () => {
    const document = readDocument(body, made);
    expect(document).toMatchObject({ sizeBytes: 7, type: 'PASSPORT' });
    expect(document.sha256).toMatch(/^[0-9a-f]{64}$/u);
    expect(JSON.stringify(document)).not.toContain(body.fileContent);
  });

  it.each(['a', 'ab=c', 'YWJj\n', 'YW Jj', 'YWJ-', '===='])(
    'is refused when its content is %j',
    (fileContent) => {
      expect(fieldsOf({ fileContent })).toContain('fileContent');
    },
  );

  it('is refused with every fault: empty, and a name without extension', () => {
    expect(fieldsOf({ fileContent: '', fileName: '.pdf' })).toEqual(['fileContent', 'fileName']);
  });

  it('may have 10 MB, financial statements 20 (U41)', () => {
    const sized = (megabytes: number, more = 0): string =>
      Buffer.alloc(megabytes * 1_024 * 1_024 + more).toString('base64');
    expect(fieldsOf({ fileContent: sized(10) })).toEqual([]);
    expect(fieldsOf({ fileContent: sized(10, 1) })).toEqual(['fileContent']);
    const statements = { documentType: 'FINANCIAL_STATEMENTS' };
    expect(fieldsOf({ ...statements, fileContent: sized(20) })).toEqual([]);
    expect(fieldsOf({ ...statements, fileContent: sized(20, 1) })).toEqual(['fileContent']);
  });
});

describe('the required types (U7)', () => {
  it('of a low-risk individual are one identity document, whichever', () => {
    const low = { kind: 'individual', riskLevel: 'LOW' } as const;
    expect(missingTypes(low, [ofType('SELFIE')])).toEqual(['GOVERNMENT_ID']);
    for (const type of ['PASSPORT', 'NATIONAL_ID', 'GOVERNMENT_ID'])
      expect(missingTypes(low, [ofType(type)])).toEqual([]);
  });

  it('of more risk are more, and every spelling counts', () => {
    const high = { kind: 'individual', riskLevel: 'HIGH' } as const;
    const documents = ['PASSPORT', 'PROOF_OF_REGISTERED_ADDRESS', 'BENEFICIAL_OWNERS_DECLARATION'].map(
      ofType,
    );
    expect(missingTypes(high, documents)).toEqual(['SOURCE_OF_FUNDS', 'PEP_DECLARATION']);
  });

  it('of an organization are six', () => {
    expect(missingTypes({ kind: 'organization', riskLevel: 'LOW' }, [ofType('DIRECTOR_IDS')])).toHaveLength(
      5,
    );
  });
});

describe('the key of a document (U40)', () => {
  it('is that of the first with the same type and the same name or content', () => {
    const first = readDocument(body, made);
    const renamed = readDocument({ ...body, fileName: 'q.pdf' }, made);
    const rescanned = readDocument({ ...body, fileContent: 'AAAA' }, made);
    const other = readDocument({ ...body, fileName: 'q.pdf', fileContent: 'AAAA' }, made);
    const key = documentKey('v1', first, []);
    expect(documentKey('v1', renamed, [first])).toBe(key);
    expect(documentKey('v1', rescanned, [first])).toBe(key);
    expect(documentKey('v1', other, [first])).not.toBe(key);
    expect(documentKey('v1', ofType('SELFIE'), [first])).not.toBe(key);
  });
});
