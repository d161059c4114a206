import { describe, expect, it, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../tools/local/project-root.js';

const page = join(projectRoot, 'docs', 'guarantees.md');
const text = readFileSync(page, 'utf8');
const row = /^\| (?<promise>[^|]*[.:]) +\| \[`[^`]*`\]\((?<file>[^)]*)\)/gmu;
const promises = [...text.matchAll(row)].map(({ groups: { promise = '', file = '' } = {} }) => ({
  promise: asWritten(promise),
  file: join(dirname(page), file),
}));

describe('docs/guarantees.md', () => {
  it('lists the promises', () => {
    expect(promises.length).toBeGreaterThanOrEqual(11);
  });

  it.each(promises)('has a spec of this title: $promise', ({ promise, file }) => {
    const spec = readFileSync(file, 'utf8').replaceAll(/\s+/gu, ' ');
    const isTitle = ["test('", "test( '", "describe('", "title: '"].some((call) =>
      spec.includes(`${call}${promise}'`),
    );
    expect(isTitle).toBe(true);
  });
});

test('What no client can exclude without such keys is stated, bounded and measured in `docs/guarantees.md`.', () => {
  const remains = text.split('## ').find((section) => section.startsWith('What remains of "nothing twice"'));
  expect(remains).toContain(
    'a process frozen between its last look at the clock and its write to an open socket',
  );
  expect(remains).toContain('STAGE_SETTLE_MS');
  expect(remains).toMatch(/\d+ microseconds/u);
});

/** Prettier writes an emphasis with underscores. */
function asWritten(promise: string): string {
  return promise.replaceAll(/\b_|_\b/gu, '*');
}
