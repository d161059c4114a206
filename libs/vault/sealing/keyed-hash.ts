import { createHmac } from 'node:crypto';
import type { VaultKeys } from '../vault-keys.js';

/**
 * Keyed hashes (HMAC-SHA256, `VAULT_HASH_KEY`) of personal data, for comparing without opening. Each has its purpose and
 * its scope inside, so that equal data of two onboardings or two tenants cannot be linked by looking at the table.
 */

/** Of a request's body in canonical JSON: decides between a repeat and a conflict. */
export function bodyHash(keys: VaultKeys, onboardingId: string, canonicalBody: string): Buffer {
  return keyedHash(keys, 'body', [onboardingId, canonicalBody]);
}

/** Of an e-mail address within a tenant, however it is capitalised: matches a webhook of FinHub with an onboarding. */
export function emailHash(keys: VaultKeys, tenantId: string, email: string): Buffer {
  return keyedHash(keys, 'email', [tenantId, email.trim().normalize('NFC').toLowerCase()]);
}

/** Of FinHub's customer id within a tenant. */
export function customerHash(keys: VaultKeys, tenantId: string, customerId: string): Buffer {
  return keyedHash(keys, 'customer', [tenantId, customerId]);
}

/** Of what a step depends on: tells a changed input from the same one. */
export function inputHash(keys: VaultKeys, canonicalInput: string): Buffer {
  return keyedHash(keys, 'input', [canonicalInput]);
}

/** Of a constant: equal only under the same hash key. */
export function verifierHash(keys: VaultKeys): Buffer {
  return keyedHash(keys, 'verifier', []);
}

function keyedHash(keys: VaultKeys, purpose: string, parts: readonly string[]): Buffer {
  return createHmac('sha256', keys.hashKey)
    .update(JSON.stringify([purpose, ...parts]))
    .digest();
}
