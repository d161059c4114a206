import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FinhubClient, UnknownTenant } from './client.js';
import { FinhubSettingsError, loadTenants } from './settings.js';

const env = {
  FINHUB_BASE_URL: 'https://finhub.test:8443/',
  FINHUB_TENANT_ID: '0b9d6f6e-4c3a-4a52-9f0e-2f8a7c1d3e01',
  FINHUB_ORGANIZATION_ID: 'org',
  FINHUB_ADMIN_USER_ID: 'admin',
  FINHUB_ADMIN_USERNAME: 'admin@bank.test',
  FINHUB_ADMIN_PASSWORD: 'canary-password',
};
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finhub-settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: unknown): string {
  const path = join(folder, 'tenants.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function mistakes(given: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadTenants(given);
  } catch (error) {
    if (error instanceof FinhubSettingsError) return error.sentences;
    throw error;
  }
  return [];
}

describe('FinHub’s settings', () => {
  it('come from the environment for one tenant, with defaults', () => {
    expect(loadTenants(env)).toEqual([
      {
        tenantId: env.FINHUB_TENANT_ID,
        baseUrl: 'https://finhub.test:8443',
        organizationId: 'org',
        adminUserId: 'admin',
        adminUsername: 'admin@bank.test',
        adminPassword: 'canary-password',
        verificationCall: 'verifications',
        approval: 'wait',
      },
    ]);
  });

  it('come from a file for several', () => {
    const [one] = loadTenants(env);
    const two = { ...one, tenantId: 'fh_two', verificationCall: 'customer-verification', approval: 'auto' };
    expect(loadTenants({ FINHUB_TENANTS_FILE: file([one, two]) })).toEqual([one, two]);
  });

  it('that are missing or wrong get a sentence each, with name and remedy', () => {
    const { FINHUB_TENANT_ID: _, ...rest } = env;
    const wrong = { ...rest, FINHUB_BASE_URL: 'https://finhub.test/api/v2.1', FINHUB_APPROVAL: 'maybe' };
    expect(mistakes(wrong)).toEqual([
      "FINHUB_TENANT_ID is not set: set it to the tenant's UUID.",
      'FINHUB_BASE_URL is wrong: set it to scheme and host, e.g. https://sandbox.finhub.cloud.',
      'FINHUB_APPROVAL is wrong: set it to wait or auto.',
    ]);
  });

  it.each(['ftp://a.test', 'https://u:p@a.test', 'https://a.test/?x', 'a.test', 'https://a.test/v2'])(
    'refuse %s for the base URL',
    (url) => {
      expect(mistakes({ ...env, FINHUB_BASE_URL: url })).toHaveLength(1);
    },
  );

  it('of a file get a sentence for each mistake of each entry', () => {
    const [one] = loadTenants(env);
    const path = file([{ ...one, adminPassword: '', colour: 'red' }, 7, one, one]);
    expect(mistakes({ FINHUB_TENANTS_FILE: path })).toEqual([
      `FINHUB_TENANTS_FILE ${path}, entry 0: adminPassword is missing or wrong: set it to the admin user's password.`,
      `FINHUB_TENANTS_FILE ${path}, entry 0 has the unknown setting "colour": remove it.`,
      `FINHUB_TENANTS_FILE ${path}, entry 1 is no object: give it the settings of a tenant.`,
      `FINHUB_TENANTS_FILE ${path} names a tenantId twice: remove one.`,
    ]);
  });

  it.each([
    ['no JSON', '[{', 'is no JSON'],
    ['no list', {}, 'must hold a JSON array of tenants'],
  ])('of a file that is %s get one sentence', (_, content, fault) => {
    const [sentence] = mistakes({ FINHUB_TENANTS_FILE: file(content) });
    expect(sentence).toContain(fault);
  });

  it('of a file that is not there get one sentence', () => {
    const [sentence] = mistakes({ FINHUB_TENANTS_FILE: join(folder, 'nowhere.json') });
    expect(sentence).toContain('cannot be read');
  });

  it('are never echoed', () => {
    expect(mistakes({ ...env, FINHUB_BASE_URL: 'canary' }).join()).not.toContain('canary');
  });
});

describe('a tenant', () => {
  it('that no settings name is refused in a sentence with the remedy', async () => {
    const client = new FinhubClient(loadTenants(env));
    expect(client.tenantIds()).toEqual([env.FINHUB_TENANT_ID]);
    expect(client.tenant(env.FINHUB_TENANT_ID).settings.organizationId).toBe('org');
    expect(() => client.tenant('other')).toThrow(UnknownTenant);
    expect(() => client.tenant('other')).toThrow(/"other" is unknown: add it to FINHUB_TENANTS_FILE/u);
    await client.close();
  });
});
