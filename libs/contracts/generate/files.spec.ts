import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { allContracts } from '../all-contracts.js';
import { parseEvent } from '../envelope.js';
import { asyncApiFile } from './asyncapi.js';
import { examplesOf } from './examples.js';
import { generatedFiles } from './files.js';
import { jsonSchemaFiles } from './json-schemas.js';
import { repositoryRoot } from './repository-root.js';

describe('generated documentation', () => {
  let files: ReadonlyMap<string, string>;
  beforeAll(async () => {
    files = await generatedFiles();
  });

  test('is current: `npm run generate` would change nothing', () => {
    const stale = [...files].filter(
      ([path, text]) => readFileSync(join(repositoryRoot, path), 'utf8') !== text,
    );
    expect(stale.map(([path]) => path)).toEqual([]);
  });

  test('has no schema of a contract that is gone', () => {
    const present = readdirSync(join(repositoryRoot, 'docs/schemas')).map((name) => `docs/schemas/${name}`);
    expect(present.filter((path) => !files.has(path))).toEqual([]);
  });
});

/** Information and hints, in the numbers of the parser. */
const harmless: ReadonlySet<number> = new Set([2, 3]);

describe('AsyncAPI', () => {
  test('the file is valid AsyncAPI 3 with an example of every message that its schema accepts', async () => {
    const { document, diagnostics } = await new Parser().parse(asyncApiFile());
    expect(diagnostics.filter(({ severity }) => !harmless.has(severity))).toEqual([]);
    expect(document?.channels().all()).toHaveLength(allContracts.length);
    expect(
      document
        ?.messages()
        .all()
        .filter((message) => message.examples().isEmpty()),
    ).toEqual([]);
  });
});

describe('JSON Schemas', () => {
  const ajv = formats.default(new Ajv({ strict: false })).addFormat('base64', true);

  test.each([...jsonSchemaFiles()])('each example in %s fits its schema', (_name, text) => {
    const schema = JSON.parse(text) as { examples: unknown[] };
    const validate = ajv.compile(schema);
    for (const example of schema.examples) expect([validate(example), validate.errors]).toEqual([true, null]);
  });

  test.each(allContracts.map((contract) => [contract.type, contract] as const))(
    'a consumer can read every example of %s',
    (_type, contract) => {
      for (const example of examplesOf(contract)) {
        expect(parseEvent(Buffer.from(JSON.stringify(example)), contract).data).toEqual(example.data);
      }
    },
  );
});
