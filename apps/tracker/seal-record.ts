import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, CompactEncrypt, exportJWK } from 'jose';
import { deadLetterBytes } from '#stage/dead-letter-bytes.js';
import { recordSealType, sealAlgorithms } from '#vault/seal-request.js';
import type { SealRecord } from './projection.js';

/**
 * Reads the public key from base64 of its DER: SPKI, or the private key's PKCS#8, of which the private half is dropped. Of
 * several with commas the first one counts, as in the vault. Throws for anything else, without the value.
 */
export function readPublicKey(setting: string): KeyObject {
  const key = Buffer.from(setting.split(',')[0] ?? '', 'base64');
  try {
    return createPublicKey({ key, format: 'der', type: 'spki' });
  } catch {
    return createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
  }
}

/**
 * Seals records to the vault's public key, in the form that the stages' dead letters have: who holds the vault's private
 * key opens both alike. The tracker itself can open neither.
 */
export async function recordSealer(publicKey: KeyObject): Promise<SealRecord> {
  const kid = await calculateJwkThumbprint(await exportJWK(publicKey));
  const header = { ...sealAlgorithms, typ: recordSealType, kid };
  return (record) =>
    new CompactEncrypt(deadLetterBytes(record)).setProtectedHeader(header).encrypt(publicKey);
}
