import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { generateVaultKeys, intakePublicJwk, loadVaultKeys } from './vault-keys.js';

const settings = generateVaultKeys();
const [, secret] = settings.VAULT_KEYS.split(':') as [string, string];
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;

describe('the settings of the keys', () => {
  it('that were generated can be loaded, the first key being the current one', () => {
    const keys = loadVaultKeys({ ...settings, VAULT_KEYS: `new:${secret}, ${settings.VAULT_KEYS}` });

    expect(keys.currentKekId).toBe('new');
    expect([...keys.keks.keys()]).toEqual(['new', 'k1']);
    expect(intakePublicJwk(keys)).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
      kid: expect.any(String),
    });
  });

  it.each([
    [{ VAULT_KEYS: undefined }, 'VAULT_KEYS is missing'],
    [{ VAULT_KEYS: ' ' }, 'VAULT_KEYS is missing'],
    [{ VAULT_KEYS: secret }, 'VAULT_KEYS has a part that is not'],
    [{ VAULT_KEYS: `a b:${secret}` }, 'VAULT_KEYS has a part that is not'],
    [{ VAULT_KEYS: `k1:${secret},` }, 'VAULT_KEYS has a part that is not'],
    [{ VAULT_KEYS: `k1:${secret.slice(4)}` }, 'VAULT_KEYS: key "k1" is not base64 of 32 bytes'],
    [{ VAULT_KEYS: `k1:${secret},k1:${secret}` }, 'VAULT_KEYS has the id "k1" twice'],
    [{ VAULT_HASH_KEY: undefined }, 'VAULT_HASH_KEY is missing'],
    [{ VAULT_HASH_KEY: 'secret' }, 'VAULT_HASH_KEY is not base64 of 32 bytes'],
    [{ VAULT_INTAKE_KEY: undefined }, 'VAULT_INTAKE_KEY is missing'],
    [{ VAULT_INTAKE_KEY: secret }, 'VAULT_INTAKE_KEY is not base64 of a P-256 or X25519 private key'],
    [
      { VAULT_INTAKE_KEY: p384.export({ format: 'der', type: 'pkcs8' }).toString('base64') },
      'VAULT_INTAKE_KEY is not base64 of a P-256 or X25519 private key',
    ],
  ])('%#: a mistake is one sentence with name and remedy, and never the value', (wrong, sentence) => {
    const given = Object.fromEntries(
      Object.entries({ ...settings, ...wrong }).filter(([, value]) => value !== undefined),
    );
    let message = '';
    try {
      loadVaultKeys(given);
    } catch (error) {
      message = (error as Error).message;
    }

    expect(message.startsWith(sentence)).toBe(true);
    expect(message).toMatch(/: .*(?:make one with|give each key)/u);
    expect(message).not.toContain(secret.slice(4));
    expect(message).not.toContain('\n');
  });

  it('show nothing when they are printed', () => {
    const printed = `${inspect(loadVaultKeys(settings), { depth: 9, showHidden: true })}${JSON.stringify(loadVaultKeys(settings))}`;

    for (const value of [secret, Buffer.from(secret, 'base64').toString('hex'), settings.VAULT_HASH_KEY])
      expect(printed).not.toContain(value);
  });
});
