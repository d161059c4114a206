import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { chunksOf } from './chunks.js';
import { chunkBytes } from './document-sealer.js';

describe('chunks', () => {
  it('are of full size but for the last, and hold the same bytes, however the source is cut', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 2 * chunkBytes + 7 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const pieces = lengths.map((length, index) => Buffer.alloc(length, index + 1));
        const chunks: Buffer[] = [];
        const total = lengths.reduce((sum, length) => sum + length, 0);
        for await (const chunk of chunksOf(Readable.from(pieces), total, () => new Error('too large')))
          chunks.push(chunk);

        expect(Buffer.concat(chunks).equals(Buffer.concat(pieces))).toBe(true);
        expect(chunks.slice(0, -1).every((chunk) => chunk.length === chunkBytes)).toBe(true);
        expect(chunks.every((chunk) => chunk.length > 0)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('end with the given error at the first byte too many', async () => {
    const read = async () => {
      const chunks = chunksOf(Readable.from([Buffer.alloc(11)]), 10, () => new Error('too large'));
      while ((await chunks.next()).done !== true);
    };
    await expect(read()).rejects.toThrow('too large');
  });
});
