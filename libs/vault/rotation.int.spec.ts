import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { documentIdOf } from '#contracts/onboarding-id.js';
import { newAdmission, openVault, type VaultFixture } from '../../test/vault-fixture.js';
import { checkKeys } from './check-keys.js';
import { generateVaultKeys, loadVaultKeys, type VaultKeys } from './vault-keys.js';
import { Vault } from './vault.js';

let fixture: VaultFixture;

beforeEach(async () => {
  fixture = await openVault();
});
afterEach(() => fixture.close());

/** The fixture's settings with other key-encryption keys, current first. */
function keysWith(...keks: string[]): VaultKeys {
  return loadVaultKeys({ ...fixture.settings, VAULT_KEYS: keks.join(',') });
}

const kek = (id: string) => generateVaultKeys(id).VAULT_KEYS;

describe('rotation of the key-encryption key', () => {
  it('re-wraps every data key by the current one, after which the older one is not needed', async () => {
    const k2 = kek('k2');
    const pool = fixture.poolOf('registration');
    const admissions = Array.from({ length: 1203 }, () => newAdmission());
    const [{ onboardingId, tenantId, requestId }] = admissions as [(typeof admissions)[0]];
    const documentId = documentIdOf(onboardingId, 'd');
    await fixture.vault.admit(admissions);
    await new Vault(fixture.poolOf('gateway'), fixture.keys)
      .forTenant(tenantId)
      .putDocument(
        { tenantId, requestId, documentId, mimeType: 'image/png', maxBytes: 10 },
        Readable.from(['x']),
      );
    await fixture.vault.erase(admissions.at(-1)!.onboardingId);

    const rotating = new Vault(pool, keysWith(k2, fixture.settings.VAULT_KEYS));
    expect(await rotating.request(onboardingId)).toEqual(admissions[0]!.body);
    expect(await rotating.rewrap()).toBe(1203);
    expect(await rotating.rewrap()).toBe(0);
    const rotated = new Vault(pool, keysWith(k2));
    for (const { onboardingId: id, body } of admissions.slice(0, 3))
      expect(await rotated.request(id)).toEqual(body);
    for await (const chunk of rotated.readDocument(onboardingId, documentId))
      expect(chunk.toString()).toBe('x');
    await expect(fixture.vault.request(onboardingId)).rejects.toMatchObject({ code: 'vault_unreadable' });
  });

  it('lets a service start with both keys, and with the new one alone once all is re-wrapped', async () => {
    const k2 = kek('k2');
    const pool = fixture.poolOf('registration');
    const both = keysWith(k2, fixture.settings.VAULT_KEYS);
    await checkKeys(pool, fixture.keys);
    await fixture.vault.admit([newAdmission()]);

    await checkKeys(pool, both);
    await expect(checkKeys(pool, keysWith(k2))).rejects.toThrow(
      'VAULT_KEYS lacks the key "k1", under which personal data is sealed: add it behind the current one until all is re-wrapped',
    );
    await new Vault(pool, both).rewrap();
    await checkKeys(pool, keysWith(k2));
  });
});

describe('at start', () => {
  it.each(['registration', 'personnel', 'gateway'] as const)('%s may check its keys', async (service) => {
    await checkKeys(fixture.poolOf(service), fixture.keys);
    await checkKeys(fixture.poolOf(service), fixture.keys);
  });

  it('a wrong key-encryption key under a known id is one sentence', async () => {
    const pool = fixture.poolOf('personnel');
    await checkKeys(pool, fixture.keys);

    await expect(checkKeys(pool, keysWith(kek('k1')))).rejects.toThrow(
      `VAULT_KEYS: key "k1" is not the key-encryption key of this database's personal data: set the one with which this database was first used`,
    );
  });

  it('a wrong hash key is one sentence', async () => {
    const pool = fixture.poolOf('personnel');
    await checkKeys(pool, fixture.keys);
    const { VAULT_HASH_KEY } = generateVaultKeys();

    await expect(checkKeys(pool, loadVaultKeys({ ...fixture.settings, VAULT_HASH_KEY }))).rejects.toThrow(
      "VAULT_HASH_KEY is not the key of this database's hashes",
    );
  });
});
