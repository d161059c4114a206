import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { fillIn } from './markdown.js';
import { operationsFile, operationsPage } from './operations-page.js';

it('docs/operations.md names every setting and every metric: `npm run generate` would change nothing', async () => {
  expect(await operationsPage()).toBe(await readFile(operationsFile, 'utf8'));
});

it('what is generated replaces what was generated before, and nothing else', () => {
  const page =
    'a\n<!-- generated: x -->\n\nold\n\n<!-- end -->\nb\n<!-- generated: y -->\nkeep\n<!-- end -->\n';
  expect(fillIn(page, 'x', 'new $1')).toBe(page.replace('old', () => 'new $1'));
});

it('a table without a place on the page is an error', () => {
  expect(() => fillIn('a page', 'x', 'text')).toThrow('no place');
});
