import { describe, expect, it } from '@jest/globals';
import { isCorrectableIn } from './stage-service.js';

describe('a correction', () => {
  it('of anything is taken by the first stage', () => {
    expect(isCorrectableIn('registration', '/individual/email', 'individual')).toBe(true);
  });

  it.each([
    ['verification', '/individual/email', 'individual'],
    ['verification', '/employees/0/person/email', 'organization'],
    ['consent', '/documents/0/type', 'individual'],
    ['activation', '/consents', 'individual'],
  ] as const)('is refused in %s: an earlier stage has used %s', (stage, pointer, kind) => {
    expect(isCorrectableIn(stage, pointer, kind)).toBe(false);
  });

  it.each([
    ['personnel', '/shareholders/1/ownershipPercentage', 'organization'],
    ['verification', '/documents/0/type', 'organization'],
    ['consent', '/signatory/email', 'organization'],
    ['activation', '/activationCode', 'individual'],
  ] as const)('is taken in %s: %s is used there for the first time', (stage, pointer, kind) => {
    expect(isCorrectableIn(stage, pointer, kind)).toBe(true);
  });

  it('of what holds a used value is refused, of what only begins alike is not', () => {
    expect(isCorrectableIn('verification', '', 'individual')).toBe(false);
    expect(isCorrectableIn('verification', '/individuals', 'individual')).toBe(true);
  });
});
