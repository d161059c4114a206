import { describe, expect, it } from '@jest/globals';
import { Linter } from 'eslint';
import { join } from 'node:path';
import tseslint from 'typescript-eslint';
import onboarding from '../lint/import-boundaries.js';
import { importRules } from '../lint/import-rules.js';

const root = '/repository';

/** What lint says of a file that imports one thing. */
function complaints(file: string, imported: string, code = `import '${imported}';`): string[] {
  const linter = new Linter({ cwd: root });
  const config: Linter.Config = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { onboarding },
    rules: { 'onboarding/import-boundaries': 'error' },
  };
  const messages = linter.verify(code, config, join(root, file));
  return messages.map((message) => message.message);
}

/** One import per rule that breaks it and no earlier rule; in the order of the rules. */
const broken: readonly [file: string, imported: string][] = [
  ['libs/finhub-client/client.ts', '../../apps/sandbox/app.js'],
  ['apps/gateway/main.ts', '../tracker/timeline.js'],
  ['apps/consent/consent-handler.ts', 'undici'],
  ['apps/activation/activation-handler.ts', '#stage/kafka-producer.js'],
  ['apps/sandbox/customers.ts', '#vault/admission.js'],
  ['libs/vault/admission.ts', '../../apps/gateway/keys.js'],
  ['tools/setup/topics.ts', '../../test/kafka.js'],
  ['libs/platform/service.ts', '#contracts/events.js'],
  ['libs/contracts/events.ts', '#vault/admission.js'],
  ['libs/stage/steps.ts', '#finhub-client/client.js'],
  ['libs/stage/steps.ts', '#contracts/requested.js'],
  ['libs/finhub-client/client.ts', '../stage/steps.js'],
  ['libs/finhub-client/client.ts', '#contracts/events.js'],
  ['libs/gateway-client/gateway-client.ts', '#contracts/events.js'],
  ['apps/tracker/reader.ts', '#gateway-client/gateway-client.js'],
  ['libs/vault/documents.ts', '#stage/steps.js'],
  ['libs/stage/steps.ts', 'kafkajs'],
  ['tools/rewrap.ts', 'pg'],
];

describe('lint refuses what crosses a border of the architecture', () => {
  it.each(importRules.map((rule, index) => [rule.because, ...broken[index]!] as const))(
    '%s (%s imports %s)',
    (because, file, imported) => {
      expect(complaints(file, imported)).toEqual([because]);
    },
  );

  it('has an example of every rule', () => {
    expect(broken).toHaveLength(importRules.length);
  });

  it.each([
    ['apps/consent/consent-handler.ts', '#finhub-client/finhub-client.js'],
    ['apps/consent/consent-handler.ts', './consent-rules.js'],
    ['apps/sandbox/customers.ts', '#finhub-client/openapi-types.js'],
    ['apps/sandbox/main.ts', '#platform/service.js'],
    ['libs/stage/steps.ts', '#contracts/contract.js'],
    ['libs/stage/kafka-consumer.ts', 'kafkajs'],
    ['libs/platform/database.ts', 'pg'],
    ['apps/tracker/reader.ts', 'kafkajs'],
    ['libs/vault/admission.ts', '#contracts/request-rules.js'],
    ['libs/gateway-client/gateway-errors.ts', '#contracts/reason-codes.js'],
    ['apps/cli/run.ts', '#gateway-client/gateway-client.js'],
  ])('%s may import %s', (file, imported) => {
    expect(complaints(file, imported)).toEqual([]);
  });

  it.each([
    "await import('pg')",
    "export * from 'pg'",
    "export { Pool } from 'pg'",
    "import type { Pool } from 'pg'",
  ])('sees `%s` too', (code) => {
    expect(complaints('apps/personnel/personnel-handler.ts', 'pg', code)).toHaveLength(1);
  });

  it('lets the runtime know the types of what it may not run', () => {
    const code = "import type { Parked } from '#contracts/events.js'";
    expect(complaints('libs/stage/steps.ts', '', code)).toEqual([]);
  });
});
