import { z } from 'zod';
import { createPool } from '#platform/database.js';
import { databaseSettings } from '#platform/setting-kinds.js';
import { loadSettings, SettingsError } from '#platform/settings.js';
import { loadVaultKeys, type VaultKeys } from '#vault/vault-keys.js';
import { WrongVaultKeys } from '#vault/vault-errors.js';
import { vaultSettings } from '#vault/vault-settings.js';
import { ApiKeyStore } from './api-keys/api-key-store.js';
import { runKeyCommand } from './api-keys/key-command.js';
import { KeyMaker } from './api-keys/key-maker.js';
import { GatewayDatabase } from './gateway-database.js';

/** `node dist/apps/gateway/keys.js create --tenant T --name N --scopes a,b`, with the gateway's own settings. */
const settingsSchema = z.object({ DATABASE_URL: databaseSettings.DATABASE_URL, ...vaultSettings });

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SettingsError) && !(error instanceof WrongVaultKeys)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const settings = loadSettings(settingsSchema, process.env);
  const keys: VaultKeys = loadVaultKeys(settings);
  const pool = createPool(settings.DATABASE_URL, {
    applicationName: 'gateway-keys',
    schema: 'gateway',
    max: 1,
  });
  try {
    const keyMaker = new KeyMaker(new ApiKeyStore(new GatewayDatabase(pool)), keys.hashKey);
    return await runKeyCommand(process.argv.slice(2), keyMaker, {
      out: (line) => process.stdout.write(line),
      err: (line) => process.stderr.write(line),
    });
  } finally {
    await pool.end();
  }
}
