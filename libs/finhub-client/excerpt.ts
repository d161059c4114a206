/** Fields of an answer whose text explains a failure; every other text may be somebody's and is blanked. */
const explaining =
  /^(?:message|error|errors|errorCode|errorType|code|status|details?|reason|field|suggestions|missing\w*)$/iu;

const excerptCharsMax = 300;
/** Enough for any excerpt, and little enough to be searched at once. */
const sourceCharsMax = 16_384;

/** What is masked wherever it turns up, in this order. All quantifiers are bounded: the text is not ours. */
const patterns: readonly RegExp[] = [
  /eyJ[\w-]{5,4000}(?:\.[\w-]{0,4000}){0,2}/gu,
  /[^\s@"'<>:,;()]{1,64}@[^\s@"'<>:,;()]{1,255}/gu,
  /\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{2,4}){3,8}\b/giu,
  /\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b/gu,
  /\+?[0-9](?:[ ()./-]{0,2}[0-9]){5,30}/gu,
  /[A-Za-z0-9+/]{24,4000}={0,2}/gu,
];

const uuid = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/giu;

/**
 * A piece of an answer that may be shown to ops: at most 300 characters, of a JSON answer only what explains, and masked:
 * e-mails, phones, IBANs, IP addresses, long digits, tokens, base64, and every text (and each longer word of it) that was
 * in the request. Ids of FinHub (UUIDs) stay.
 */
export function excerptOf(body: Buffer, request: unknown): string | undefined {
  const text = explain(body.toString('utf8').slice(0, sourceCharsMax * 4)).slice(0, sourceCharsMax);
  if (text.trim() === '') return undefined;
  return mask(text.normalize('NFC'), textsOf(request))
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .slice(0, excerptCharsMax);
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

function mask(text: string, texts: readonly string[]): string {
  const ids: string[] = [];
  let masked = replaceTexts(text, texts).replaceAll(uuid, (id) => `\u{E000}${ids.push(id) - 1}\u{E001}`);
  for (const pattern of patterns) masked = masked.replaceAll(pattern, '***');
  return masked.replaceAll(/\u{E000}(\d{1,4})\u{E001}/gu, (_, index: string) => ids[Number(index)] ?? '');
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
