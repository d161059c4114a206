import { describe, expect, it } from '@jest/globals';
import type { Signal } from '#stage/steps.js';
import { customerCreatedAfter } from './registration.rules.js';

const intentAt = new Date('2030-01-01T12:00:00Z');

function created(occurredAt: string, customerId?: string): Signal {
  return { kind: 'customer.created', by: 'finhub', occurredAt, customerId };
}

describe('a registration whose answer was lost', () => {
  it('is ours by a webhook from after the call began', () => {
    const signals = [created('2029-12-31T00:00:00Z', 'earlier'), created('2030-01-01T12:00:01Z', 'ours')];
    expect(customerCreatedAfter(intentAt, signals)).toEqual({
      state: 'present',
      result: { customerId: 'ours' },
    });
  });

  it.each([
    ['there is no webhook', []],
    ['the customer is a moment older than the call', [created('2030-01-01T11:59:59.999Z', 'someone')]],
    ['the webhook names no customer', [created('2030-01-01T12:00:01Z')]],
    ['its time cannot be read', [created('yesterday', 'someone')]],
  ])('is called again when %s', (_, signals) => {
    expect(customerCreatedAfter(intentAt, signals)).toEqual({ state: 'repeat' });
  });
});
