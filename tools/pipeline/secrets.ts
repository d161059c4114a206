import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateVaultKeys, type VaultKeySettings } from '#vault/vault-keys.js';

/** The secrets of a one-machine set-up, made once: without the vault's keys, kept data could not be read again. */
export interface Secrets extends VaultKeySettings {
  readonly SERVICE_DATABASE_PASSWORD: string;
  readonly TRACKER_TOKEN: string;
}

/** Reads the secrets in `directory`, or makes them; only the user may read the file. */
export function loadSecrets(directory: string): Secrets {
  const file = join(directory, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  const secrets: Secrets = {
    ...generateVaultKeys(),
    SERVICE_DATABASE_PASSWORD: randomSecret(),
    TRACKER_TOKEN: randomSecret(),
  };
  writeFileSync(file, JSON.stringify(secrets, undefined, 2), { mode: 0o600 });
  return secrets;
}

function randomSecret(): string {
  return randomBytes(24).toString('base64url');
}
