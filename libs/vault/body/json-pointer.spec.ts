import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tokensOf, valueAt, withValueAt } from './json-pointer.js';

describe('a JSON pointer', () => {
  it('gives back any names on the way', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (names) => {
        const pointer = names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        expect(tokensOf(pointer)).toEqual(names);
      }),
    );
  });

  it('finds what was put there, and nothing else has changed', () => {
    const body = { a: [{ b: 1 }, 2], 'c/d': { '~': null } };

    expect(withValueAt(body, ['a', '0', 'b'], 9)).toEqual({ ...body, a: [{ b: 9 }, 2] });
    expect(withValueAt(body, tokensOf('/c~1d/~0'), 9)).toEqual({ ...body, 'c/d': { '~': 9 } });
    expect(body).toEqual({ a: [{ b: 1 }, 2], 'c/d': { '~': null } });
  });

  it('sees no inherited members', () => {
    expect(valueAt({}, ['constructor', 'name'])).toBeUndefined();
    expect(valueAt([1], ['length', 'x'])).toBeUndefined();
    expect(() => withValueAt({}, ['constructor', 'name'], 1)).toThrow('leads nowhere');
  });
});
