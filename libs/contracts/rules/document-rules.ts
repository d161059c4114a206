import { riskOf, type CategoryRisk } from '../category-risk.js';
import type { RuleError } from '../events.js';
import { broken, duplicates, objectsOf, type Loose } from './loose.js';

/** Most decoded bytes of a document inside of a request; larger ones are uploaded by themselves. */
export const inlineContentBytesMax = 256 * 1024;

/** What an individual needs: one of each group (CONTRACT.md U7, column C). */
const individualNeeds = [['PASSPORT', 'NATIONAL_ID', 'GOVERNMENT_ID'], ['PROOF_OF_ADDRESS']];

/** What an individual needs besides in a category of more risk; an organization needs the same in each (CONTRACT.md U7). */
const needsOfRisk: Readonly<Record<CategoryRisk, readonly string[]>> = {
  standard: [],
  medium: ['SOURCE_OF_FUNDS'],
  high: ['SOURCE_OF_FUNDS', 'BENEFICIAL_OWNERSHIP', 'PEP_DECLARATION'],
};

/** What every organization needs (CONTRACT.md c.4.2, U7 column C); of `DIRECTOR_ID` one per director (U40). */
const organizationNeeds = [
  ['CERTIFICATE_OF_INCORPORATION'],
  ['ARTICLES_OF_ASSOCIATION'],
  ['SHAREHOLDER_REGISTER'],
  ['DIRECTOR_ID'],
  ['PROOF_OF_ADDRESS'],
  ['BANK_STATEMENT'],
  ['BENEFICIAL_OWNERSHIP'],
];

/** Rules on the declared documents and their inline contents. */
export function documentErrors(request: Loose): RuleError[] {
  const documents = objectsOf(request['documents']);
  if (documents === undefined) return [];
  const types = documents.map((document) => document['type']);
  const ids = documents.map((document) => document['id']);
  const contents = documents.map(({ type, content }) =>
    typeof type === 'string' && typeof content === 'string' && content !== ''
      ? `${type} ${content}`
      : undefined,
  );
  return [
    ...missingErrors(types, request),
    ...duplicates(ids, 'document_id_duplicate', (index) => `/documents/${String(index)}/id`),
    ...duplicates(contents, 'document_content_duplicate', (index) => `/documents/${String(index)}/content`),
    ...documents.flatMap((document, index) => contentErrors(document['content'], index)),
  ];
}

function missingErrors(types: readonly unknown[], request: Loose): RuleError[] {
  const needs = needsOf(request['kind']);
  const missing = needs.filter((alternatives) => !alternatives.some((type) => types.includes(type)));
  return [
    ...missing.map((alternatives) =>
      broken('document_missing', '/documents', `A document is missing: ${alternatives.join(' or ')}.`),
    ),
    ...riskErrors(types, request),
    ...directorIdErrors(types, request),
  ];
}

/** None where nobody knows what kind it is. */
function needsOf(kind: unknown): readonly (readonly string[])[] {
  if (kind === 'organization') return organizationNeeds;
  return kind === 'individual' ? individualNeeds : [];
}

/** By the request's own word for its category: which one FinHub has for it is not known before (decision 12). */
function riskErrors(types: readonly unknown[], { kind, categoryName }: Loose): RuleError[] {
  if (kind !== 'individual' || typeof categoryName !== 'string') return [];
  const risk = riskOf(categoryName);
  const missing = needsOfRisk[risk].filter((type) => !types.includes(type));
  return missing.map((type) =>
    broken(
      'document_missing',
      '/documents',
      `A document is missing for a category of ${risk} risk: ${type}.`,
    ),
  );
}

function directorIdErrors(types: readonly unknown[], request: Loose): RuleError[] {
  if (request['kind'] !== 'organization') return [];
  const ids = types.filter((type) => type === 'DIRECTOR_ID').length;
  const directors = objectsOf(request['directors'])?.length ?? 0;
  if (ids === 0 || ids >= directors) return [];
  const message = `There are ${String(directors)} directors and ${String(ids)} DIRECTOR_ID documents.`;
  return [broken('director_id_missing', '/documents', message)];
}

function contentErrors(content: unknown, index: number): RuleError[] {
  if (typeof content !== 'string') return [];
  const pointer = `/documents/${String(index)}/content`;
  if (content === '') return [broken('content_empty', pointer)];
  return decodedBytes(content) > inlineContentBytesMax ? [broken('content_too_large', pointer)] : [];
}

function decodedBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.floor(base64.length / 4) * 3 - padding;
}
