import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { describeTenantSettings, loadTenants } from '#finhub-client/settings.js';
import { kafkaSettings } from '#platform/setting-kinds.js';
import { describeSettings, loadSettings } from '#platform/settings.js';
import { loadVaultKeys } from '#vault/vault-keys.js';
import { projectRoot } from '../tools/local/project-root.js';
import { databaseServices } from '../tools/setup/services.js';
import { settingsOfServices } from '../tools/setup/settings-of-services.js';

type Environment = Readonly<Record<string, string>>;

const { services } = parse(readFileSync(join(projectRoot, 'docker-compose.yml'), 'utf8'), {
  merge: true,
}) as {
  services: Record<string, { environment: Record<string, unknown> }>;
};
/** Set by the image. */
const ofTheImage = ['HOST', 'PORT'];
const callers = databaseServices.filter((service) => service !== 'tracker');
const ofCallers = ['FINHUB_TENANTS_FILE', ...describeTenantSettings().map(({ name }) => name)];
const names = [...databaseServices, 'sandbox'] as const;

let schemas: ReadonlyMap<string, z.ZodObject>;
beforeAll(async () => {
  schemas = new Map(await settingsOfServices());
});

describe.each(names)('the container of %s', (name) => {
  const isCaller = (callers as readonly string[]).includes(name);

  test('can be told every setting that its service has, and no other', () => {
    const settings = Object.keys(schemaOf(name).shape).filter((setting) => !ofTheImage.includes(setting));
    const wanted = [...settings, ...(isCaller ? ofCallers : [])];
    expect(Object.keys(environmentOf(name)).sort()).toEqual(wanted.sort());
  });

  test('leaves every default to the service: none is written down twice', () => {
    const defaults = describeSettings(schemaOf(name)).filter(
      ({ value }) => !['required', 'optional'].includes(value),
    );
    const environment = environmentOf(name);
    const different = defaults.filter((row) => (environment[row.name] ?? '') !== '').map((row) => row.name);
    expect(different).toEqual(name === 'sandbox' ? ['SANDBOX_AUTO_DECISION_MS'] : []);
  });

  test('is told enough to start', () => {
    const environment = environmentOf(name);
    expect(() => loadSettings(schemaOf(name), environment)).not.toThrow();
    if (!isCaller) return;
    expect(() => loadVaultKeys(environment)).not.toThrow();
    expect(loadTenants(environment)).toHaveLength(1);
  });
});

test('the set-up reaches the brokers as the services do', () => {
  expect(Object.keys(environmentOf('setup'))).toEqual(expect.arrayContaining(Object.keys(kafkaSettings)));
});

test('no verification is approved by us unless somebody says so, whichever FinHub it is', () => {
  const approvals = (env: Environment) =>
    callers.map((name) => loadTenants(environmentOf(name, env))[0]?.approval);
  const ofFinhub = { FINHUB_BASE_URL: 'https://finhub.example' };
  expect(new Set([...approvals({}), ...approvals(ofFinhub)])).toEqual(new Set(['wait']));
  expect(new Set(approvals({ ...ofFinhub, FINHUB_APPROVAL: 'auto' }))).toEqual(new Set(['auto']));
});

function schemaOf(name: string): z.ZodObject {
  const schema = schemas.get(name);
  if (schema === undefined) throw new Error(`apps/${name} has no settings`);
  return schema;
}

/** What a container is told when Compose is run with `env`. */
function environmentOf(name: string, env: Environment = {}): Environment {
  const environment = Object.entries(services[name]?.environment ?? {});
  return Object.fromEntries(environment.map(([key, value]) => [key, interpolated(String(value), env)]));
}

/** `${NAME:-default}` and `${NAME:+replacement}`, as Compose reads them. */
function interpolated(text: string, env: Environment): string {
  return text.replaceAll(/\$\{(\w+):([-+])([^}]*)\}/gu, (_, name: string, sign: string, word: string) =>
    sign === '+' ? (env[name] ? word : '') : env[name] || word,
  );
}
