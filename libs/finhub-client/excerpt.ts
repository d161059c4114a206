import { isPlain } from './plain-words.js';

/** Fields of an answer whose text explains a failure; every other text may be somebody's and is blanked. */
const explaining =
  /^(?:message|error|errors|errorCode|errorType|code|status|details?|reason|field|suggestions|missing\w*)$/iu;

const excerptCharsMax = 300;
/** Enough for any excerpt, and little enough to be searched at once. */
const sourceCharsMax = 16_384;

/** An id of FinHub's, a machine code as such, digits that belong together, a word with what hangs on it. */
const pieces = [
  /\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b/u,
  /(?<="(?:code|error|errorCode|errorType|status)":")[A-Z][A-Z0-9]{0,40}(?:_[A-Z0-9]{1,40}){1,9}(?=")/u,
  /\+?[0-9](?:[ ()./-]{0,2}[0-9]){5,30}/u,
  /[\p{L}\p{M}\p{N}_@+./\\-]+/u,
];
const anyPiece = new RegExp(pieces.map(({ source }) => `(${source})`).join('|'), 'gu');

/**
 * A piece of an answer that may be shown to ops: at most 300 characters, of a JSON answer only what explains, every text
 * (and each longer word of it) that was in the request masked, and the rest made {@link plain}.
 */
export function excerptOf(body: Buffer, request: unknown): string | undefined {
  const text = explain(body.toString('utf8').slice(0, sourceCharsMax * 4)).slice(0, sourceCharsMax);
  if (text.trim() === '') return undefined;
  return plain(replaceTexts(text.normalize('NFC'), textsOf(request)))
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .slice(0, excerptCharsMax);
}

/**
 * The text with only what cannot be anybody's: FinHub's ids (UUIDs), its machine codes, numbers of up to three digits and
 * {@link isPlain plain words}. Names cannot be told from other words: FinHub may name people of whom this request says
 * nothing, and write them in another way than any request.
 */
export function plain(text: string): string {
  const masked = text.replaceAll(anyPiece, (piece, id?: string, code?: string) =>
    id !== undefined || code !== undefined || isPlainPiece(piece) ? piece : '***',
  );
  return masked.replaceAll(/\*{4,}/gu, '***');
}

/** `e-mail`, `person.dateOfBirth`, `MISSING_ROLE`, `employees.0.roles`; digits alone are none where they may be an address. */
function isPlainPiece(piece: string): boolean {
  const words = piece.split(/[_./-]+|(?<=[a-z])(?=[A-Z])/u).filter((word) => word !== '');
  const isNumber = (word: string) => /^[0-9]{1,3}$/u.test(word);
  if (words.length > 1 && words.every(isNumber)) return false;
  return words.every((word) => isNumber(word) || isPlain(word));
}

/** Of JSON the explaining fields, of what looks like broken JSON its keys, of other text (a proxy's page) all. */
function explain(text: string): string {
  try {
    return JSON.stringify(explainJson(JSON.parse(text), false, 0));
  } catch {
    return /^\s*[[{"]/u.test(text) ? keysOf(text) : text;
  }
}

function explainJson(value: unknown, isExplaining: boolean, depth: number): unknown {
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object') return isExplaining ? value : '…';
  if (depth === 20) return '…';
  if (Array.isArray(value)) return value.map((item) => explainJson(item, isExplaining, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, explainJson(item, explaining.test(key), depth + 1)]),
  );
}

/** The pattern matches from any quote on, to the text's end if need be: it never goes back. */
function keysOf(brokenJson: string): string {
  return brokenJson.replaceAll(/"(?:[^"\\]|\\(?:[\s\S]|$))*(?:"|$)(\s{0,9}:)?/gu, (found, colon?: string) =>
    colon === undefined ? '"…"' : found,
  );
}

/** Longest first, so that a whole value goes before its words; short ones only where they stand alone. */
function replaceTexts(text: string, texts: readonly string[]): string {
  const forms = texts.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  const unique = [...new Set(forms)].sort((a, b) => b.length - a.length).map(asPattern);
  return unique.length === 0 ? text : text.replaceAll(new RegExp(unique.join('|'), 'giu'), '***');
}

function asPattern(value: string): string {
  const literal = value.replaceAll(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
  return value.length < 4 ? `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])` : literal;
}

/** Every text in a request, and its words of four letters and more. */
function textsOf(request: unknown): string[] {
  if (typeof request === 'string') {
    const value = request.normalize('NFC').trim().slice(0, 1000);
    return value === '' ? [] : [value, ...value.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length >= 4)];
  }
  if (typeof request !== 'object' || request === null) return [];
  return Object.values(request).flatMap(textsOf);
}
