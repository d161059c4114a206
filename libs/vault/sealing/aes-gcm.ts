import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { VaultUnreadable } from '../vault-errors.js';

/** What a ciphertext belongs to; it opens nowhere else. */
export interface SealContext {
  readonly onboardingId: string;
  /** Which value of the onboarding it is, e.g. `request`, `iban`, `correction:<id>`. */
  readonly field: string;
}

/** A 256-bit key: raw where it is a data key, a `KeyObject` where it comes from the environment. */
export type AesKey = Buffer | KeyObject;

const formatVersion = 1;
const ivBytes = 12;
const tagBytes = 16;
const headBytes = 1 + ivBytes + tagBytes;

/**
 * Encrypts with AES-256-GCM: `version | iv | tag | ciphertext`. The version and the context are authenticated. The iv is
 * random, which is safe up to 2^32 values under one key: data keys seal a handful, a key-encryption key wraps one data key
 * per onboarding and document.
 */
export function seal(key: AesKey, plain: Buffer, context: SealContext): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(authenticatedData(context));
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([Buffer.of(formatVersion), iv, cipher.getAuthTag(), body]);
}

/** Decrypts what {@link seal} made. Throws {@link VaultUnreadable} for another key, context or format, or one changed bit. */
export function open(key: AesKey, sealed: Buffer, context: SealContext): Buffer {
  try {
    if (sealed.length < headBytes || sealed[0] !== formatVersion) throw new RangeError('format');
    const iv = sealed.subarray(1, 1 + ivBytes);
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
      .setAAD(authenticatedData(context))
      .setAuthTag(sealed.subarray(1 + ivBytes, headBytes));
    const plain = decipher.update(sealed.subarray(headBytes));
    decipher.final();
    return plain;
  } catch {
    throw new VaultUnreadable(`${context.field} of onboarding ${context.onboardingId}`);
  }
}

function authenticatedData(context: SealContext): Buffer {
  return Buffer.from(`vault:${formatVersion}\n${context.onboardingId}\n${context.field}`);
}
