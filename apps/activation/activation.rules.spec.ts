import { describe, expect, it } from '@jest/globals';
import { reasonCodes } from '#contracts/reason-codes.js';
import { foundByWallet, readinessPolicy, walletPolicy } from './activation.rules.js';

describe('an activation whose answer was lost', () => {
  it('has happened when there is an IBAN, which stays out of the result', () => {
    expect(foundByWallet({ iban: 'LT121000011101001000' })).toEqual({
      state: 'present',
      result: { state: 'active' },
    });
  });

  it.each([[undefined], [{}]])('is called again when the wallet is %p', (wallet) => {
    expect(foundByWallet(wallet)).toEqual({ state: 'repeat' });
  });
});

describe('what activation waits for', () => {
  it.each([readinessPolicy, walletPolicy])(
    'is looked at soon, less often later, and ends as %o',
    (policy) => {
      expect(policy.everyMs).toBeLessThanOrEqual(1_000);
      expect(policy.everyMaxMs).toBeLessThan(policy.deadlineMs);
      expect(Object.keys(reasonCodes)).toContain(policy.overdue);
    },
  );
});
