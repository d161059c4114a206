import { z } from 'zod';
import { createPool } from '#platform/database.js';
import { fatalSentences } from '#platform/fatal.js';
import { databaseSettings } from '#platform/setting-kinds.js';
import { loadSettings } from '#platform/settings.js';
import { checkKeys } from '#vault/check-keys.js';
import { loadVaultKeys } from '#vault/vault-keys.js';
import { Vault } from '#vault/vault.js';

/**
 * `node dist/tools/rewrap.js`: key rotation. With a new key first in VAULT_KEYS, wraps every data key of an older one anew;
 * afterwards the older ones can leave VAULT_KEYS. Needs the URL of registration's role; may run while all services do.
 */
try {
  const { DATABASE_URL } = loadSettings(
    z.object({ DATABASE_URL: databaseSettings.DATABASE_URL }),
    process.env,
  );
  const keys = loadVaultKeys(process.env);
  const pool = createPool(DATABASE_URL, { applicationName: 'rewrap', schema: 'vault', max: 2 });
  try {
    await checkKeys(pool, keys);
    const rewrapped = await new Vault(pool, keys).rewrap();
    process.stdout.write(`${rewrapped} data keys are wrapped by ${keys.currentKekId} now.\n`);
  } finally {
    await pool.end();
  }
} catch (error) {
  process.stderr.write(fatalSentences('rewrap', error));
  process.exitCode = 1;
}
