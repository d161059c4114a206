import { describe, expect, it } from '@jest/globals';
import { CompactEncrypt } from 'jose';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { requestSealType, sealAlgorithms, sealRequest } from '../seal-request.js';
import { generateVaultKeys, intakePublicJwk, loadVaultKeys, type VaultKeys } from '../vault-keys.js';
import { openRecord, openSealedRequest, sealRecord } from './sealed-message.js';

const keys = loadVaultKeys(generateVaultKeys());
const request = { kind: 'individual', text: 'ž\u0000🙂' };
const open = (jwe: string, onboardingId?: string, by: VaultKeys = keys) =>
  openSealedRequest(by, jwe, onboardingId);

describe('a sealed request', () => {
  it('opens with the private key, and says nothing on the way', async () => {
    const jwe = await sealRequest(intakePublicJwk(keys), request);

    expect(await open(jwe)).toEqual(request);
    expect(Buffer.from(jwe, 'base64url').includes('individual')).toBe(false);
  });

  it('may be sealed to an X25519 key', async () => {
    const { privateKey } = generateKeyPairSync('x25519');
    const VAULT_INTAKE_KEY = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    const modern = loadVaultKeys({ ...generateVaultKeys(), VAULT_INTAKE_KEY });
    const jwe = await sealRequest(intakePublicJwk(modern), request);

    expect(await open(jwe, undefined, modern)).toEqual(request);
  });

  it('opens after the key we hand out was replaced, with or without a kid', async () => {
    const old = generateVaultKeys();
    const { kid, ...withoutKid } = intakePublicJwk(loadVaultKeys(old));
    const next = generateVaultKeys();
    const rotated = loadVaultKeys({
      ...next,
      VAULT_INTAKE_KEY: `${next.VAULT_INTAKE_KEY},${old.VAULT_INTAKE_KEY}`,
    });

    expect(await open(await sealRequest({ ...withoutKid, kid }, request), undefined, rotated)).toEqual(
      request,
    );
    expect(await open(await sealRequest(withoutKid, request), undefined, rotated)).toEqual(request);
  });

  it('bound to an onboarding opens for no other', async () => {
    const jwe = await sealRequest(intakePublicJwk(keys), request, 'onboarding-1');

    expect(await open(jwe, 'onboarding-1')).toEqual(request);
    await expect(open(jwe, 'onboarding-2')).rejects.toMatchObject({ reason: 'bound_elsewhere' });
  });

  it('does not open with another key, changed, cut or made up', async () => {
    const jwe = await sealRequest(intakePublicJwk(keys), request);
    const others = loadVaultKeys(generateVaultKeys());
    const { kid, ...withoutKid } = intakePublicJwk(keys);
    const parts = jwe.split('.');
    const flipped = parts.with(3, Buffer.from(randomBytes(40)).toString('base64url')).join('.');

    expect(kid).toBeDefined();
    await expect(open(jwe, undefined, others)).rejects.toMatchObject({ reason: 'unknown_key' });
    const anonymous = await sealRequest(withoutKid, request);
    await expect(open(anonymous, undefined, others)).rejects.toMatchObject({ reason: 'no_seal' });
    for (const broken of [
      flipped,
      jwe.slice(0, -9),
      parts.slice(1).join('.'),
      '',
      'a.b.c.d.e',
      '{}',
      '\u0000',
    ])
      await expect(open(broken)).rejects.toMatchObject({ code: 'seal_unreadable', reason: 'no_seal' });
  });

  it('that holds no JSON, or bytes that are no UTF-8, is unreadable', async () => {
    for (const plain of [Buffer.from('{"a":'), Buffer.from([0xff, 0x22]), Buffer.alloc(0)]) {
      const jwe = await new CompactEncrypt(plain)
        .setProtectedHeader({ ...sealAlgorithms, typ: requestSealType })
        .encrypt(keys.intakeKeys[0].publicKey);
      await expect(open(jwe)).rejects.toMatchObject({ reason: 'not_json' });
    }
  });

  it('in other algorithms, or compressed, is refused', async () => {
    for (const header of [
      { alg: 'ECDH-ES', enc: 'A256GCM' },
      { alg: 'ECDH-ES+A256KW', enc: 'A128CBC-HS256' },
      { ...sealAlgorithms, zip: 'DEF' },
    ]) {
      const jwe = await new CompactEncrypt(Buffer.from('{}'))
        .setProtectedHeader(header)
        .encrypt(keys.intakeKeys[0].publicKey);
      await expect(open(jwe)).rejects.toMatchObject({ reason: 'no_seal' });
    }
  });
});

describe('a sealed record', () => {
  it('comes back byte for byte', async () => {
    for (const bytes of [Buffer.alloc(0), randomBytes(1_000_000), Buffer.from('{"a":')])
      expect((await openRecord(keys, await sealRecord(keys, bytes))).equals(bytes)).toBe(true);
  });

  it('does not pass for a request, nor a request for a record', async () => {
    const record = await sealRecord(keys, Buffer.from('{"kind":"individual"}'));

    await expect(open(record)).rejects.toMatchObject({ reason: 'wrong_purpose' });
    await expect(openRecord(keys, await sealRequest(intakePublicJwk(keys), {}))).rejects.toMatchObject({
      reason: 'wrong_purpose',
    });
  });
});
