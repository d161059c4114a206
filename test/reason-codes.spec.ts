import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '#contracts/generate/repository-root.js';
import { reasonCodes } from '#contracts/reason-codes.js';

/** Neither what documents codes, nor what stands in for FinHub, nor tests. */
const notOurs =
  /^(?:libs\/contracts\/(?:reason-codes|generate)|apps\/sandbox)\/|\/testing\/|\.spec\.ts$|\.d\.ts$/u;

const source = ['apps', 'libs']
  .flatMap(filesOf)
  .map((path) => readFileSync(join(repositoryRoot, path), 'utf8'));

function filesOf(folder: string): string[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll(sep, '/')}`)
    .filter((path) => path.endsWith('.ts') && !notOurs.test(path));
}

describe('the catalogue of reason codes and the code agree', () => {
  test.each(Object.keys(reasonCodes))('%s is said somewhere', (code) => {
    const said = new RegExp(`['\`]${code}['\`:]`, 'u');
    expect(source.some((text) => said.test(text))).toBe(true);
  });

  test('what is said as a code is in the catalogue', () => {
    // An `Issue` is zod's, with codes of its own.
    const said = source.flatMap((text) =>
      [...text.matchAll(/(?<!Issue & \{ )\bcode: '([a-z_0-9]+)'/gu)].map(([, code]) => code),
    );
    expect(said.length).toBeGreaterThan(30);
    expect([...new Set(said)].filter((code) => !Object.hasOwn(reasonCodes, code ?? ''))).toEqual([]);
  });
});
