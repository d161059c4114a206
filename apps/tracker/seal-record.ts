import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { sealAlgorithms } from '#vault/seal-request.js';
import { calculateJwkThumbprint, CompactEncrypt, exportJWK } from 'jose';
import type { ConsumedRecord } from '#stage/kafka-consumer.js';
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
  const header = { ...sealAlgorithms, typ: 'onboarding-record+jwe', kid };
  return (record) => new CompactEncrypt(bytesOf(record)).setProtectedHeader(header).encrypt(publicKey);
}

function bytesOf({ key, value, headers }: ConsumedRecord): Buffer {
  const asBase64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null;
  return Buffer.from(JSON.stringify({ key: asBase64(key), value: asBase64(value), headers }));
}
