import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { generateVaultKeys, loadVaultKeys } from '../vault-keys.js';
import { VaultUnreadable } from '../vault-errors.js';
import { open, seal } from './aes-gcm.js';
import { newDataKey, unwrapDataKey, wrapDataKey } from './data-key.js';

const key = randomBytes(32);
const context = { onboardingId: '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11', field: 'request' };

describe('a sealed value', () => {
  it('opens to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const plain = Buffer.from(bytes);
        expect(open(key, seal(key, plain, context), context).equals(plain)).toBe(true);
      }),
    );
  });

  it('does not open with any one bit changed, nor shortened', () => {
    const sealed = seal(key, Buffer.from('IBAN'), context);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => open(key, changed, context)).toThrow(VaultUnreadable);
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => open(key, sealed.subarray(0, length), context)).toThrow(VaultUnreadable);
  });

  it.each([
    ['another onboarding', { ...context, onboardingId: '00000000-7a51-4f43-9a0f-0d3c1d8f2b11' }],
    ['another field', { ...context, field: 'iban' }],
  ])('does not open for %s', (_whose, other) => {
    expect(() => open(key, seal(key, Buffer.from('x'), context), other)).toThrow(VaultUnreadable);
  });

  it('does not open with another key', () => {
    expect(() => open(randomBytes(32), seal(key, Buffer.from('x'), context), context)).toThrow(
      VaultUnreadable,
    );
  });

  it('is never the same twice', () => {
    const sealed = Array.from({ length: 100 }, () => seal(key, Buffer.alloc(16), context).toString('hex'));
    expect(new Set(sealed).size).toBe(100);
  });
});

describe('a data key', () => {
  const keys = loadVaultKeys(generateVaultKeys());
  const owner = { onboardingId: context.onboardingId };

  it('is stored wrapped, and unwraps for its owner only', () => {
    const { dataKey, ...wrapped } = newDataKey(keys, owner);

    expect(unwrapDataKey(keys, wrapped, owner).equals(dataKey)).toBe(true);
    expect(wrapped.wrapped.includes(dataKey)).toBe(false);
    expect(() => unwrapDataKey(keys, wrapped, { ...owner, documentId: 'd' })).toThrow(VaultUnreadable);
    expect(() => unwrapDataKey(keys, wrapped, { onboardingId: 'other' })).toThrow(VaultUnreadable);
  });

  it('is the same after it was re-wrapped by another key-encryption key', () => {
    const next = loadVaultKeys({ ...generateVaultKeys('k2') });
    const { dataKey } = newDataKey(keys, owner);
    const rewrapped = wrapDataKey(next, dataKey, owner);

    expect(rewrapped.kekId).toBe('k2');
    expect(unwrapDataKey(next, rewrapped, owner).equals(dataKey)).toBe(true);
    expect(() => unwrapDataKey(keys, rewrapped, owner)).toThrow('add it to VAULT_KEYS');
  });
});
