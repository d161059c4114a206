import { randomBytes } from 'node:crypto';
import type { VaultKeys } from '../vault-keys.js';
import { VaultUnreadable } from '../vault-errors.js';
import { open, seal } from './aes-gcm.js';

/** A data key as it is stored: encrypted by the key-encryption key with this id. */
export interface WrappedKey {
  readonly kekId: string;
  readonly wrapped: Buffer;
}

/** Whose data key it is: the onboarding's own, or that of one of its documents. A wrapped key opens for no other owner. */
export interface KeyOwner {
  readonly onboardingId: string;
  readonly documentId?: string;
}

/** A fresh data key and its wrapped form under the current key-encryption key. */
export function newDataKey(keys: VaultKeys, owner: KeyOwner): WrappedKey & { readonly dataKey: Buffer } {
  const dataKey = randomBytes(32);
  return { dataKey, ...wrapDataKey(keys, dataKey, owner) };
}

/** Wraps a data key with the current key-encryption key. */
export function wrapDataKey(keys: VaultKeys, dataKey: Buffer, owner: KeyOwner): WrappedKey {
  const kekId = keys.currentKekId;
  return { kekId, wrapped: seal(kekOf(keys, kekId), dataKey, contextOf(kekId, owner)) };
}

/** The data key itself. Throws {@link VaultUnreadable} when `VAULT_KEYS` lacks its key-encryption key or has another under its id. */
export function unwrapDataKey(keys: VaultKeys, key: WrappedKey, owner: KeyOwner): Buffer {
  return open(kekOf(keys, key.kekId), key.wrapped, contextOf(key.kekId, owner));
}

function kekOf(keys: VaultKeys, kekId: string) {
  const kek = keys.keks.get(kekId);
  if (kek === undefined) throw new VaultUnreadable(`data keys of key "${kekId}": add it to VAULT_KEYS`);
  return kek;
}

function contextOf(kekId: string, owner: KeyOwner) {
  const scope = owner.documentId === undefined ? '' : `:document:${owner.documentId}`;
  return { onboardingId: owner.onboardingId, field: `data-key:${kekId}${scope}` };
}
