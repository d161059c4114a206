import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ibanOf } from './iban.js';

function remainder(iban: string): bigint {
  const digits = `${iban.slice(4)}${iban.slice(0, 4)}`.replace('L', '21').replace('T', '29');
  return BigInt(digits) % 97n;
}

describe('an IBAN', () => {
  it('is LT and 18 digits with valid check digits, whatever it is made from', () => {
    for (const id of [randomUUID(), randomUUID(), '00000000-0000-0000-0000-000000000000']) {
      expect(ibanOf(id)).toMatch(/^LT\d{18}$/u);
      expect(remainder(ibanOf(id))).toBe(1n);
    }
  });

  it('is the same for the same id only', () => {
    const ibans = new Set(Array.from({ length: 1_000 }, () => ibanOf(randomUUID())));
    expect(ibans.size).toBe(1_000);
    expect(ibanOf('7d0c9f52-3a41')).toBe(ibanOf('7d0c9f52-3a41'));
  });
});
