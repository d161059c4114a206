import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateVaultKeys } from '#vault/vault-keys.js';
import { loadSecrets } from './secrets.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});
const file = () => join(directory, 'secrets.json');
const inFile = () => JSON.parse(readFileSync(file(), 'utf8')) as Record<string, string>;

test('secrets are made once, and only the user may read them', () => {
  const made = loadSecrets(directory);
  expect(loadSecrets(directory)).toEqual(made);
  expect(inFile()).toEqual(made);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test('those of the environment are used before those of the file, which stays as it is; an empty one is none', () => {
  const made = loadSecrets(directory);
  const env = {
    ...generateVaultKeys(),
    SERVICE_DATABASE_PASSWORD: 'of-the-roles-already',
    TRACKER_TOKEN: '',
  };
  expect(loadSecrets(directory, env)).toEqual({ ...env, TRACKER_TOKEN: made.TRACKER_TOKEN });
  expect(inFile()).toEqual(made);
});

test('what the environment names is kept in no file', () => {
  const env = { ...generateVaultKeys(), SERVICE_DATABASE_PASSWORD: 'of-the-roles-already' };
  const { TRACKER_TOKEN } = loadSecrets(directory, env);
  expect(inFile()).toEqual({ TRACKER_TOKEN });
  rmSync(file());
  loadSecrets(directory, { ...env, TRACKER_TOKEN });
  expect(existsSync(file())).toBe(false);
});

test('a key that is none is one sentence with its name, and nothing is kept', () => {
  expect(() => loadSecrets(directory, { VAULT_HASH_KEY: 'topsecret' })).toThrow(
    /^VAULT_HASH_KEY is not base64 of 32 bytes/u,
  );
  expect(existsSync(file())).toBe(false);
});
