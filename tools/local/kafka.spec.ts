import { describe, expect, it } from '@jest/globals';
import { newClusterId } from './kafka.js';

describe('a cluster id', () => {
  it('never begins with a dash, which would keep one broker in 64 from being formatted', () => {
    const ids = Array.from({ length: 2_000 }, newClusterId);
    expect(ids.filter((id) => id.startsWith('-'))).toEqual([]);
    expect(ids.every((id) => Buffer.from(id, 'base64url').length === 16)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
