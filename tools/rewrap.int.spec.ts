import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generateVaultKeys, loadVaultKeys } from '#vault/vault-keys.js';
import { Vault } from '#vault/vault.js';
import { runProgram } from '../test/run-program.js';
import { newAdmission, openVault, type VaultFixture } from '../test/vault-fixture.js';

const command = ['dist/tools/rewrap.js'];
let fixture: VaultFixture;

beforeAll(async () => {
  fixture = await openVault();
});
afterAll(() => fixture.close());

/** The settings of an operator whose keys are these, the current one first. */
function settingsWith(...keks: string[]): Record<string, string> {
  return { ...fixture.settings, VAULT_KEYS: keks.join(','), DATABASE_URL: fixture.urlOf('registration') };
}

test('after the command the new key alone opens what was there, and running it again changes nothing', async () => {
  const admissions = Array.from({ length: 3 }, () => newAdmission());
  await fixture.vault.admit(admissions);
  const [{ onboardingId, body }] = admissions as [(typeof admissions)[0]];
  const oldKey = fixture.settings.VAULT_KEYS;
  const newKey = generateVaultKeys('k2').VAULT_KEYS;

  const env = settingsWith(newKey, oldKey);
  const first = { exitCode: 0, stdout: '3 data keys are wrapped by k2 now.\n', stderr: '' };
  expect(await runProgram(command, { env })).toEqual(first);
  expect((await runProgram(command, { env })).stdout).toBe('0 data keys are wrapped by k2 now.\n');

  const rotated = new Vault(fixture.poolOf('registration'), loadVaultKeys(settingsWith(newKey)));
  expect(await rotated.request(onboardingId)).toEqual(body);
});

test('a key that is not the one of the database is one sentence, and nothing is wrapped by it', async () => {
  const foreign = generateVaultKeys('k1').VAULT_KEYS;
  const { exitCode, stdout, stderr } = await runProgram(command, { env: settingsWith(foreign) });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^rewrap cannot start: VAULT_KEYS[^\n]+\n$/u);
});

test('a setting that is missing is named', async () => {
  const withoutDatabase = await runProgram(command, { env: { ...fixture.settings } });
  expect([withoutDatabase.exitCode, withoutDatabase.stderr]).toEqual([
    1,
    expect.stringContaining('rewrap cannot start: DATABASE_URL is not set'),
  ]);
  const withoutKeys = await runProgram(command, { env: { DATABASE_URL: fixture.urlOf('registration') } });
  expect(withoutKeys.stderr).toContain('rewrap cannot start: VAULT_KEYS is missing');
});
