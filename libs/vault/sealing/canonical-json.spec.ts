import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, depthMax } from './canonical-json.js';

const json = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' });

/** The same value with the members of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const entries = Object.entries(value).map(([name, member]) => [name, reversed(member)] as const);
  return Object.fromEntries(entries.reverse());
}

describe('canonical JSON', () => {
  it('is the same whatever the order of members', () => {
    fc.assert(fc.property(json, (value) => canonicalJson(reversed(value)) === canonicalJson(value)));
  });

  it('says the same as the value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('differs where the values do', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const isEqual = canonicalJson(a) === canonicalJson(b);
        expect(isEqual).toBe(JSON.stringify(reversed(sorted(a))) === JSON.stringify(reversed(sorted(b))));
      }),
    );
  });

  it.each([
    ['{"b":1,"a":[1.0,10e2,-0]}', '{"a":[1,1000,0],"b":1}'],
    ['{"\u20ac":1,"\\r":2,"1":3,"\ud83d\ude00":4}', '{"\\r":2,"1":3,"\u20ac":1,"\ud83d\ude00":4}'],
    ['{"__proto__":1}', '{"__proto__":1}'],
    ['"\\ud800\\u0000"', '"\\ud800\\u0000"'],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalJson(JSON.parse(text))).toBe(canonical);
  });

  it('is valid UTF-8 whatever the strings are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = canonicalJson(String.fromCharCode(...units));
        expect(Buffer.from(text).toString()).toBe(text);
      }),
    );
  });

  it('refuses what is no JSON value, and what is nested too deeply', () => {
    const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown;

    for (const value of [undefined, NaN, Infinity, 1n, () => 1, { a: undefined }])
      expect(() => canonicalJson(value)).toThrow(TypeError);
    expect(canonicalJson(nested(depthMax))).toHaveLength(2 * depthMax);
    expect(() => canonicalJson(nested(depthMax + 2))).toThrow(RangeError);
  });
});

/** Members in the order of their names, by a way of its own. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
