/** Nesting that no request needs; deeper values would overflow the stack of whatever reads them next. */
export const depthMax = 500;

/**
 * One text for equal JSON values, whatever the order of their members or their spelling was (RFC 8785: members sorted by
 * UTF-16 code units, ECMAScript numbers and strings). Lone surrogates and NUL come out escaped, so the text is always
 * valid UTF-8. Throws a `TypeError` for what is no JSON value, a `RangeError` for one deeper than {@link depthMax}.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > depthMax) throw new RangeError('the value is nested too deeply');
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} is no JSON value`);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  return canonicalObject(value as Record<string, unknown>, depth);
}

function canonicalObject(object: Record<string, unknown>, depth: number): string {
  const members = Object.keys(object)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name], depth + 1)}`);
  return `{${members.join(',')}}`;
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('a number that is not finite is no JSON value');
  return JSON.stringify(value);
}
