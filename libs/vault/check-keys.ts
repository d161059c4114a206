import type { Pool } from 'pg';
import { open, seal } from './sealing/aes-gcm.js';
import { verifierHash } from './sealing/keyed-hash.js';
import { WrongVaultKeys } from './vault-errors.js';
import type { VaultKeys } from './vault-keys.js';

const hashKeyId = 'hash';
const remedy = 'set the one with which this database was first used';

const insertVerifiers = `
  insert into vault.key_check (key_id, sealed) select * from unnest($1::text[], $2::bytea[]) on conflict do nothing`;

const findVerifiers = `select key_id, sealed from vault.key_check order by key_id`;

/**
 * To be called once at start: a service with a key other than those that sealed this database's data does not start. The
 * first service of a fresh database leaves the known values that the others are held against. Throws
 * {@link WrongVaultKeys}, one sentence; errors of the connection come through as they are.
 */
export async function checkKeys(pool: Pool, keys: VaultKeys): Promise<void> {
  const current = `kek:${keys.currentKekId}`;
  await pool.query(insertVerifiers, [
    [current, hashKeyId],
    [sealVerifier(keys, keys.currentKekId), verifierHash(keys)],
  ]);
  const { rows } = await pool.query<{ key_id: string; sealed: Buffer }>(findVerifiers);
  for (const { key_id: keyId, sealed } of rows) {
    if (keyId === hashKeyId) checkHashKey(keys, sealed);
    else checkKek(keys, keyId.slice('kek:'.length), sealed);
  }
}

function checkHashKey(keys: VaultKeys, known: Buffer): void {
  if (!verifierHash(keys).equals(known))
    throw new WrongVaultKeys(`VAULT_HASH_KEY is not the key of this database's hashes: ${remedy}`);
}

function checkKek(keys: VaultKeys, kekId: string, sealed: Buffer): void {
  const kek = keys.keks.get(kekId);
  if (kek === undefined)
    throw new WrongVaultKeys(
      `VAULT_KEYS lacks the key "${kekId}", under which personal data is sealed: add it behind the current one until all is re-wrapped`,
    );
  try {
    open(kek, sealed, verifierContext(kekId));
  } catch {
    throw new WrongVaultKeys(
      `VAULT_KEYS: key "${kekId}" is not the key-encryption key of this database's personal data: ${remedy}`,
    );
  }
}

function sealVerifier(keys: VaultKeys, kekId: string): Buffer {
  const kek = keys.keks.get(kekId);
  if (kek === undefined) throw new WrongVaultKeys(`VAULT_KEYS lacks its current key "${kekId}"`);
  return seal(kek, Buffer.from('vault'), verifierContext(kekId));
}

function verifierContext(kekId: string) {
  return { onboardingId: 'none', field: `key-check:${kekId}` };
}
