import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { parse } from 'yaml';
import { operations } from './operations.js';

interface PathItem {
  readonly [method: string]: {
    readonly operationId: string;
    readonly 'x-source'?: string;
    readonly 'x-seen'?: boolean;
  };
}

const url = new URL('openapi.yaml', import.meta.url);
const { paths } = parse(readFileSync(url, 'utf8')) as { paths: Record<string, PathItem> };
const described = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);

describe('the description of FinHub', () => {
  it('has generated types that are current: else run npm run generate:finhub-types', async () => {
    const generated = `${COMMENT_HEADER}${astToString(await openapiTS(url))}`;
    expect(readFileSync(new URL('openapi-types.ts', import.meta.url), 'utf8')).toBe(generated);
  });

  it('says of every operation where it was seen, or that it is assumed', () => {
    const unmarked = described.filter(
      (operation) => !operation['x-source'] || operation['x-seen'] === undefined,
    );
    expect(unmarked.map((operation) => operation.operationId)).toEqual([]);
  });

  it('has every operation that the client calls, by name, method and path', () => {
    const byName = new Map(described.map((operation) => [operation.operationId, operation]));
    for (const [name, { method, path }] of Object.entries(operations))
      expect(byName.get(name)).toMatchObject({ method, path });
  });
});
