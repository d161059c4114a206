import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { peek } from './peek.js';

test('a stream that comes slowly is waited for, and meanwhile everybody else has a turn', async () => {
  const source = new PassThrough();
  source.write('%PD');
  const head = peek(source, 5);
  await delay(20);
  source.end('F-1.7');
  expect(String(await head)).toBe('%PDF-');
  expect(await text(source)).toBe('%PDF-1.7');
});

test('a stream that is shorter gives what it has', async () => {
  const source = new PassThrough();
  source.end('%PD');
  expect(String(await peek(source, 5))).toBe('%PD');
});
