import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../local/project-root.js';
import { readRequestsFile } from './requests-file.js';

const folder = mkdtempSync(join(tmpdir(), 'requests-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('the examples can be read', () => {
  expect(readRequestsFile(join(projectRoot, 'examples', 'applicants.jsonl'))).toHaveLength(50);
});

test('empty lines are passed over', () => {
  expect(readRequestsFile(fileWith('\n{"requestId":"a","request":{"kind":"individual"}}\n\n'))).toHaveLength(
    1,
  );
});

test.each([
  ['{"requestId":"a","request":{}}\nnot json', /:2 is not JSON/u],
  ['{"request":{}}', /:1 is no request: \/requestId is missing or wrong/u],
  ['{"requestId":"a","request":{}}\n{"requestId":"a","request":{}}', /request id a twice/u],
  ['\n', /has no requests/u],
])('a mistake in the file is named by its line before anything starts: %j', (content, sentence) => {
  expect(() => readRequestsFile(fileWith(content))).toThrow(sentence);
});

function fileWith(content: string): string {
  const file = join(folder, 'requests.jsonl');
  writeFileSync(file, content);
  return file;
}
