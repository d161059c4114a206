import { expect, test } from '@jest/globals';
import { checksumOf, hasRightChecksum } from './checksum.js';

const value = Buffer.from('{}');
const headers = checksumOf('{}');

test.each([
  ['its own checksum', { value, headers }],
  ['no checksum', { value, headers: {} }],
  ['a checksum but no body: it is a tombstone', { value: null, headers }],
])('a record is whole that has %s', (_, record) => {
  expect(hasRightChecksum(record)).toBe(true);
});

test('a record is broken when a bit of its body is another', () => {
  expect(hasRightChecksum({ value: Buffer.from('{|'), headers })).toBe(false);
});
