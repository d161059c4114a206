import { CorrectionUnusable } from '../vault-errors.js';

/** The names on the way (RFC 6901): `/a~1b/0` gives `a/b`, `0`. Throws {@link CorrectionUnusable} for no pointer. */
export function tokensOf(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new CorrectionUnusable('a JSON pointer begins with a slash');
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What lies at the pointer, `undefined` where nothing does. Inherited members do not count. */
export function valueAt(value: unknown, tokens: readonly string[]): unknown {
  return tokens.reduce<unknown>((parent, token) => {
    if (typeof parent !== 'object' || parent === null) return undefined;
    return Object.hasOwn(parent, token) ? (parent as Record<string, unknown>)[token] : undefined;
  }, value);
}

/**
 * A copy with another value at the pointer; the original is untouched. Sets or adds a member of an object, replaces an item
 * of an array, appends at `-`. Throws {@link CorrectionUnusable} where the way to it does not exist.
 */
export function withValueAt(target: unknown, tokens: readonly string[], value: unknown): unknown {
  const [token, ...rest] = tokens;
  if (token === undefined) return value;
  if (Array.isArray(target)) return withItemAt(target, [token, ...rest], value);
  if (typeof target !== 'object' || target === null)
    throw new CorrectionUnusable('the pointer leads nowhere');
  const object = target as Record<string, unknown>;
  if (rest.length > 0 && !Object.hasOwn(object, token))
    throw new CorrectionUnusable('the pointer leads nowhere');
  // A computed member is always an own one, `__proto__` included.
  return { ...object, [token]: withValueAt(object[token], rest, value) };
}

function withItemAt(array: readonly unknown[], tokens: [string, ...string[]], value: unknown): unknown[] {
  const [token, ...rest] = tokens;
  if (token === '-' && rest.length === 0) return [...array, value];
  const index = /^(?:0|[1-9]\d{0,8})$/u.test(token) ? Number(token) : array.length;
  if (index >= array.length) throw new CorrectionUnusable('the pointer leads past the end of a list');
  return array.with(index, withValueAt(array[index], rest, value));
}
