import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { newAdmission, openVault, type VaultFixture } from '../../test/vault-fixture.js';
import { generateVaultKeys, loadVaultKeys } from '#vault/vault-keys.js';
import { Vault } from '#vault/vault.js';
import { VaultPersonalData } from './vault-personal-data.js';

let fixture: VaultFixture;

beforeAll(async () => {
  fixture = await openVault();
});
afterAll(() => fixture.close());

it('a correction of what the vault cannot read is refused, and holds up no later command', async () => {
  const admission = newAdmission();
  const { onboardingId, tenantId } = admission;
  await fixture.vault.admit([admission]);
  const door = new Vault(fixture.poolOf('gateway'), fixture.keys).forTenant(tenantId);
  const correction = await door.proposeCorrection(onboardingId, '/individual/firstName', 'Jonas');

  // A key of the same name, but not the one it was sealed by.
  const otherKeys = loadVaultKeys({ ...fixture.settings, VAULT_KEYS: generateVaultKeys().VAULT_KEYS });
  const blind = new Vault(fixture.poolOf('registration'), otherKeys);
  expect(await new VaultPersonalData(blind, otherKeys).acceptCorrection(onboardingId, correction)).toEqual({
    refusedAs: 'command_failed',
  });

  const sighted = new VaultPersonalData(fixture.vault, fixture.keys);
  expect(await sighted.acceptCorrection(onboardingId, correction)).toEqual({});
  expect(await sighted.acceptCorrection(onboardingId, randomUUID())).toEqual({
    refusedAs: 'unknown_correction',
  });
});
