import { describe, expect, it } from '@jest/globals';
import { Faults } from './faults.js';

const upload = {
  operation: 'uploadDocument',
  route: 'POST /api/v2.1/verifications/v-1/documents',
  tenantId: 't1',
};

function faultOn(endpoint: string, more: object = {}): Faults {
  const faults = new Faults('seed');
  faults.add({ endpoint, kind: 'hang', probability: 1, ...more });
  return faults;
}

describe('a fault', () => {
  it.each([
    ['uploadDocument', true],
    ['upload', false],
    ['*', true],
    ['POST /api/v2.1/verifications/*/documents', true],
    ['POST /api/v2.1/verifications/{verificationId}/documents', true],
    ['* /api/v2.1/verifications/**', true],
    ['POST /api/v2.1/verifications/*', false],
    ['GET /api/v2.1/verifications/*/documents', false],
    ['webhook:*', false],
  ])('for %s fits an upload: %s', (endpoint, fits) => {
    expect(faultOn(endpoint).take(upload) !== undefined).toBe(fits);
  });

  it('for webhook:* fits deliveries and no calls, * the other way round', () => {
    const delivery = { operation: 'webhook:customer.created', route: '', tenantId: 't1' };
    expect(faultOn('webhook:*').take(delivery)).toBeDefined();
    expect(faultOn('webhook:customer.created').take(delivery)).toBeDefined();
    expect(faultOn('*').take(delivery)).toBeUndefined();
  });

  it('strikes as often as told and counts it; the next one takes over', () => {
    const faults = faultOn('*', { times: 2 });
    faults.add({ endpoint: '*', kind: 'empty', probability: 1 });
    expect([1, 2, 3].map(() => faults.take(upload)?.kind)).toEqual(['hang', 'hang', 'empty']);
    expect(faults.all().map(({ struck }) => struck)).toEqual([2, 1]);
  });

  it('of a tenant strikes no other tenant', () => {
    expect(faultOn('*', { tenantId: 't2' }).take(upload)).toBeUndefined();
    expect(faultOn('*', { tenantId: 't1' }).take(upload)).toBeDefined();
  });

  it('of an applicant strikes no other applicant, and nothing that is about nobody', () => {
    const faults = faultOn('*', { applicant: 'ona@example.test' });
    expect(faults.take({ ...upload, applicant: 'rita@example.test' })).toBeUndefined();
    expect(faults.take(upload)).toBeUndefined();
    expect(faults.take({ ...upload, applicant: 'ona@example.test' })).toBeDefined();
  });

  it('with a probability strikes about that often, and the same calls for the same seed', () => {
    const strikesOf = (faults: Faults): boolean[] =>
      Array.from({ length: 400 }, () => faults.take(upload) !== undefined);
    const strikes = strikesOf(faultOn('*', { probability: 0.25 }));
    const count = strikes.filter(Boolean).length;
    expect(count).toBeGreaterThan(60);
    expect(count).toBeLessThan(140);
    expect(strikesOf(faultOn('*', { probability: 0.25 }))).toEqual(strikes);
  });
});
