import { z } from 'zod';

/** The keys of the vault, the same in every service; `loadVaultKeys` says what is wrong with one. */
export const vaultSettings = {
  VAULT_KEYS: z.string().meta({
    description: 'the key-encryption keys of personal data, the current one first',
    example: 'k1:base64 of 32 bytes',
    isSecret: true,
  }),
  VAULT_HASH_KEY: z.string().meta({
    description: 'the key of keyed hashes; it cannot be changed later',
    example: 'base64 of 32 bytes',
    isSecret: true,
  }),
  VAULT_INTAKE_KEY: z.string().meta({
    description: 'the private key to which upstreams seal their requests',
    example: 'base64 of a P-256 key (PKCS#8, DER)',
    isSecret: true,
  }),
};
