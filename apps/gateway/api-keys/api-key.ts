import { createHmac, hkdfSync, randomBytes, randomUUID, timingSafeEqual, type KeyObject } from 'node:crypto';

/** What a key may do. `ops` acts on onboardings; `iban:read` shows the IBAN beside the status. */
export const scopes = ['submit', 'read', 'iban:read', 'ops'] as const;
export type Scope = (typeof scopes)[number];

/** The tenant of an ops key that may act for every tenant. */
export const everyTenant = '*';

/** A key as the rest of the gateway sees it: never with the secret. */
export interface ApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** What is stored of a key: the prefix finds the row, the hash proves the secret. */
export interface StoredSecret {
  readonly prefix: string;
  readonly hash: Buffer;
}

/** A key is `onb_<prefix>_<secret>`: 64 bits that find it, 256 bits that prove it. */
const keyPattern = /^onb_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/u;

/** Makes a new key. `text` is shown once and kept nowhere. */
export function newApiKey(pepper: Buffer): StoredSecret & { readonly id: string; readonly text: string } {
  const prefix = randomBytes(8).toString('hex');
  const text = `onb_${prefix}_${randomBytes(32).toString('base64url')}`;
  return { id: randomUUID(), text, prefix, hash: hashOf(text, pepper) };
}

/** The prefix of what looks like a key; `undefined` for anything else. */
export function prefixOf(text: string): string | undefined {
  return keyPattern.exec(text)?.[1];
}

/** Whether `text` is the key of that hash, in constant time. */
export function isKeyOf(text: string, hash: Buffer, pepper: Buffer): boolean {
  const candidate = hashOf(text, pepper);
  return candidate.length === hash.length && timingSafeEqual(candidate, hash);
}

/**
 * The key of the hashes, derived from the vault's hash key, so that there is one secret less to keep. A keyed hash is
 * enough where a password would need a slow one: nobody can guess 256 random bits.
 */
export function pepperOf(vaultHashKey: KeyObject): Buffer {
  return Buffer.from(hkdfSync('sha256', vaultHashKey, '', 'gateway/api-key', 32));
}

function hashOf(text: string, pepper: Buffer): Buffer {
  return createHmac('sha256', pepper).update(text).digest();
}
