import { describe, expect, test } from '@jest/globals';
import { reasonCodes, reasonSections, sentenceOf } from './reason-codes.js';
import type { Reason } from './reason-codes/reason-code.js';

describe('reason codes', () => {
  test('each code is in one section only', () => {
    const codes = reasonSections.flatMap(({ reasons }) => Object.keys(reasons));
    expect(codes).toEqual([...new Set(codes)]);
    expect([...codes].sort()).toEqual(Object.keys(reasonCodes).sort());
  });

  test.each(Object.entries<Reason>(reasonCodes))(
    '%s fits into events, and has a sentence and a remedy',
    (code, reason) => {
      expect(code).toMatch(/^[a-z][a-z0-9_]{1,60}$/u);
      expect(reason.sentence).toMatch(/^\S.*\.$/u);
      expect(reason.remedy).toMatch(/^\S.*\.$/u);
    },
  );

  test('the sentence of a code that is not in the catalogue is the code itself', () => {
    expect(sentenceOf('not_parked')).toBe('The onboarding is not parked.');
    expect(sentenceOf('toString')).toBe('toString');
  });
});
