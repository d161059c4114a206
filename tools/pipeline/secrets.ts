import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateVaultKeys, loadVaultKeys, type VaultKeySettings } from '#vault/vault-keys.js';

/** What the services of one set-up share. Without the vault's keys, kept data could not be read again. */
export interface Secrets extends VaultKeySettings {
  readonly SERVICE_DATABASE_PASSWORD: string;
  readonly TRACKER_TOKEN: string;
}

/**
 * The secrets of the environment, whose data may have been there before us; what it does not name is in `directory`, made
 * once, in a file that only the user may read. Throws a sentence where a key of the environment is none.
 */
export function loadSecrets(directory: string, env: NodeJS.ProcessEnv = {}): Secrets {
  const file = join(directory, 'secrets.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {};
  const secrets = { ...makeSecrets(), ...kept };
  const own: Partial<Record<keyof Secrets, string>> = {};
  for (const name of Object.keys(secrets) as (keyof Secrets)[])
    if (env[name]) secrets[name] = env[name];
    else own[name] = secrets[name];
  loadVaultKeys(secrets);
  if (Object.keys(own).some((name) => !(name in kept)))
    writeFileSync(file, JSON.stringify({ ...kept, ...own }, undefined, 2), { mode: 0o600 });
  return secrets;
}

function makeSecrets(): { -readonly [Name in keyof Secrets]: string } {
  return {
    ...generateVaultKeys(),
    SERVICE_DATABASE_PASSWORD: randomSecret(),
    TRACKER_TOKEN: randomSecret(),
  };
}

function randomSecret(): string {
  return randomBytes(24).toString('base64url');
}
