import { documentIdOf } from '#contracts/onboarding-id.js';
import { documentSchema, type RequestDocument } from '#contracts/request.js';
import { valueAt, withValueAt } from './json-pointer.js';

/** A small document that came inside the request. */
export interface InlineDocument {
  readonly documentId: string;
  readonly mimeType: RequestDocument['mimeType'];
  readonly content: Buffer;
}

/**
 * Takes the contents of inline documents out of a request. One that does not fit its contract, is empty or repeats an id
 * stays where it is, for the rules to report. Never throws.
 */
export function takeOutInlineDocuments(
  request: unknown,
  onboardingId: string,
): { rest: unknown; documents: InlineDocument[] } {
  const listed = valueAt(request, ['documents']);
  if (!Array.isArray(listed)) return { rest: request, documents: [] };
  const documents = new Map<string, InlineDocument>();
  const rest = listed.map((item: unknown) => {
    const document = readInlineDocument(item, onboardingId);
    if (document === undefined || documents.has(document.documentId)) return item;
    documents.set(document.documentId, document);
    return withoutContent(item);
  });
  return { rest: withValueAt(request, ['documents'], rest), documents: [...documents.values()] };
}

function readInlineDocument(item: unknown, onboardingId: string): InlineDocument | undefined {
  if (!valueAt(item, ['content'])) return undefined;
  const { success, data } = documentSchema.safeParse(item);
  if (!success || data.content === undefined) return undefined;
  const content = Buffer.from(data.content, 'base64');
  return { documentId: documentIdOf(onboardingId, data.id), mimeType: data.mimeType, content };
}

function withoutContent(item: unknown): unknown {
  return Object.fromEntries(Object.entries(item as RequestDocument).filter(([name]) => name !== 'content'));
}
