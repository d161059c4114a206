import type { RuleError } from '../events.js';
import { ruleErrors } from '../reason-codes/rule-errors.js';
import type { RuleCode } from '../reason-codes.js';

/** An object of which nothing is known yet: the rules look at a request even where its schema is broken. */
export type Loose = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one when it is anything else. */
export function objectOf(value: unknown): Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};
}

/** The value as a list of objects; `undefined` when it is no list. */
export function objectsOf(value: unknown): readonly Loose[] | undefined {
  return Array.isArray(value) ? value.map(objectOf) : undefined;
}

/** A broken rule. `message` defaults to the catalogue's sentence and never carries a value of the request. */
export function broken(
  code: RuleCode,
  pointer: string,
  message: string = ruleErrors[code].sentence,
): RuleError {
  return { pointer, code, message };
}

/** A broken rule of each item after the first that gives the same key; items whose key is not a text are left out. */
export function duplicates(
  items: readonly unknown[],
  code: RuleCode,
  pointerOf: (index: number) => string,
): RuleError[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    if (typeof item !== 'string') return [];
    const isRepeated = seen.has(item);
    seen.add(item);
    return isRepeated ? [broken(code, pointerOf(index))] : [];
  });
}
