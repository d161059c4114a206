import type { RuleError } from '../events.js';
import { fieldNames } from './field-names.js';
import { broken } from './loose.js';

const depthMax = 8;
const valuesMax = 50_000;
const controlCharacter = /[\u0000-\u001f\u007f]/u;
const unpairedSurrogate = /\p{Surrogate}/u;
const visibleCharacter = /[\p{L}\p{N}\p{P}\p{S}]/u;

interface Place {
  readonly value: unknown;
  readonly pointer: string;
  readonly depth: number;
}

/**
 * What no schema should have to meet: nesting and size without bound, and texts that cannot be stored or shown. Walks
 * without recursion, so it ends for every JSON value. `isBounded` false: look at nothing else of it.
 */
export function scan(request: unknown): { isBounded: boolean; errors: RuleError[] } {
  const errors: RuleError[] = [];
  const places: Place[] = [{ value: request, pointer: '', depth: 0 }];
  let values = 0;
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    values += 1;
    if (values > valuesMax) return { isBounded: false, errors: [broken('too_large', '')] };
    if (place.depth > depthMax) return { isBounded: false, errors: [broken('too_deep', '')] };
    if (typeof place.value === 'string') errors.push(...textErrors(place.value, place.pointer));
    places.push(...childrenOf(place));
  }
  return { isBounded: true, errors };
}

function textErrors(text: string, pointer: string): RuleError[] {
  if (unpairedSurrogate.test(text)) return [broken('unpaired_surrogate', pointer)];
  if (controlCharacter.test(text)) return [broken('control_character', pointer)];
  if (text !== '' && !visibleCharacter.test(text)) return [broken('blank', pointer)];
  return [];
}

/** Not below unknown fields: they are refused whole. Only so many as can still be looked at: long lists are not copied. */
function childrenOf({ value, pointer, depth }: Place): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.slice(0, valuesMax).map((item: unknown, index) => [index, item] as const)
    : Object.entries(value).filter(([key]) => fieldNames.has(key));
  return entries.map(([key, item]) => ({
    value: item,
    pointer: `${pointer}/${key.toString()}`,
    depth: depth + 1,
  }));
}
