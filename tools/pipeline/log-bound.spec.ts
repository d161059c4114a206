import { expect, test } from '@jest/globals';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundOnce } from './log-bound.js';

test('a log over the bound is kept once beside itself and begins anew, a smaller one is left alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-bound-'));
  appendFileSync(join(folder, 'large.log'), 'x'.repeat(11));
  appendFileSync(join(folder, 'small.log'), 'x'.repeat(10));
  boundOnce(folder, 10);
  const [large, previous, small] = ['large.log', 'large.log.previous', 'small.log'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  );
  expect({ large, previous, small }).toEqual({ large: '', previous: 'x'.repeat(11), small: 'x'.repeat(10) });
  rmSync(folder, { recursive: true });
});
