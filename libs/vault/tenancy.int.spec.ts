import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import type pg from 'pg';
import { documentIdOf } from '#contracts/onboarding-id.js';
import { newAdmission, openVault, type VaultFixture } from '../../test/vault-fixture.js';
import { Vault } from './vault.js';

const tenantTables = ['admission', 'document', 'document_chunk', 'upload', 'correction'];
let fixture: VaultFixture;
let vault: Vault;
let gatewayPool: pg.Pool;
let gateway: Vault;
const ours = newAdmission({ ours: 1 });
const theirs = newAdmission({ theirs: 1 }, { tenantId: 'tenant-b' });

beforeAll(async () => {
  fixture = await openVault();
  vault = fixture.vault;
  gatewayPool = fixture.poolOf('gateway');
  gateway = new Vault(gatewayPool, fixture.keys);
  await vault.admit([ours, theirs]);
  for (const { tenantId, requestId, onboardingId } of [ours, theirs]) {
    const door = gateway.forTenant(tenantId);
    const documentId = documentIdOf(onboardingId, 'd');
    const upload = { tenantId, requestId, documentId, mimeType: 'image/png', maxBytes: 10 } as const;
    await door.putDocument(upload, Readable.from([Buffer.from('x')]));
    await door.proposeCorrection(onboardingId, '/a', 1);
  }
});
afterAll(() => fixture.close());

describe('row-level security', () => {
  it("shows the gateway nothing while no tenant is set, also after a tenant's turn on the same connection", async () => {
    expect(await gateway.forTenant('tenant-a').request(ours.onboardingId)).toEqual(ours.body);
    for (const table of tenantTables) {
      const { rowCount } = await gatewayPool.query(`select from vault.${table}`);
      expect(rowCount).toBe(0);
    }
    expect(await gateway.admissionById(ours.onboardingId)).toBeUndefined();
  });

  it("shows a tenant its own rows, and another tenant's as if they were not there", async () => {
    const tenant = gateway.forTenant('tenant-a');

    expect(await tenant.admissionById(ours.onboardingId)).toBeDefined();
    expect(await tenant.admissionById(theirs.onboardingId)).toBeUndefined();
    expect(await tenant.documents(theirs.onboardingId)).toEqual([]);
    await expect(tenant.request(theirs.onboardingId)).rejects.toMatchObject({ code: 'request_missing' });
    await expect(tenant.hold(theirs.onboardingId, 'x')).rejects.toMatchObject({ code: 'request_missing' });
  });

  it('lets a tenant admit nothing for another', async () => {
    const foreign = newAdmission({}, { tenantId: 'tenant-b' });

    await expect(gateway.forTenant('tenant-a').admit([foreign])).rejects.toMatchObject({ code: '42501' });
    await expect(gateway.admit([newAdmission()])).rejects.toMatchObject({ code: '42501' });
  });

  it('shows the stages the rows of all tenants', async () => {
    const stage = new Vault(fixture.poolOf('personnel'), fixture.keys);

    expect(await stage.request(ours.onboardingId)).toEqual(ours.body);
    expect(await stage.request(theirs.onboardingId)).toEqual(theirs.body);
  });

  it('is forced on every table that has a tenant', async () => {
    const { rows } = await fixture.admin.query<{ relname: string }>(
      `select relname from pg_class where relnamespace = 'vault'::regnamespace and relkind = 'r'
        and relrowsecurity and relforcerowsecurity
        and exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'tenant_id')`,
    );
    const { rows: withTenant } = await fixture.admin.query(
      `select from information_schema.columns where table_schema = 'vault' and column_name = 'tenant_id'`,
    );

    expect(rows.map(({ relname }) => relname).sort()).toEqual([...tenantTables].sort());
    expect(withTenant).toHaveLength(tenantTables.length);
  });
});

describe('rights', () => {
  it.each([
    ['personnel', `insert into vault.upload values (gen_random_uuid(), gen_random_uuid(), 't', now())`],
    ['personnel', 'delete from vault.admission'],
    ['gateway', 'delete from vault.admission'],
    ['gateway', 'delete from vault.document'],
    ['gateway', 'update vault.admission set sealed_request = null'],
    ['gateway', `update vault.correction set state = 'accepted'`],
    ['registration', 'update vault.admission set tenant_id = null'],
    ['registration', 'update vault.document_chunk set position = 1'],
    ['personnel', 'create table vault.own (id integer)'],
  ] as const)('of %s do not reach as far as: %s', async (service, sql) => {
    await expect(fixture.poolOf(service).query(sql)).rejects.toMatchObject({ code: '42501' });
  });
});
