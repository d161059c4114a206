import { beforeEach, describe, expect, it } from '@jest/globals';
import { CircuitBreakers, stepKindOf, type Circuit, type CircuitChange } from './circuit-breakers.js';
import type { Failure } from './failure.js';

const circuit: Circuit = { tenantId: 'tenant-a', host: 'finhub', stepKind: 'register' };
const ofTenantB: Circuit = { ...circuit, tenantId: 'tenant-b' };
const misconfigured: Failure = { kind: 'misconfigured', code: 'forbidden' };
const failing: Failure = { kind: 'unknown-outcome', code: 'server_error' };
const refused: Failure = { kind: 'not-done', code: 'connection_refused' };
const holdMs = 2_000;
const timeLimitMs = 10_000;

let nowMs: number;
let changes: CircuitChange[];
let breakers: CircuitBreakers;

beforeEach(() => {
  nowMs = 1_000;
  changes = [];
  const clock = { now: () => new Date(0), monotonicMs: () => nowMs };
  breakers = new CircuitBreakers(clock, holdMs, (change) => changes.push(change));
});

describe.each([
  ['the set-up is wrong', misconfigured],
  ['the endpoint fails', failing],
])('when %s', (_, failure) => {
  it('for three applicants, the circuit opens', () => {
    fail(failure, 'a', 'b');
    expect(held()).toBe(0);
    fail(failure, 'c');
    expect(held()).toBe(holdMs);
    expect(changes).toMatchObject([{ isOpen: true, tenantId: 'tenant-a', stepKind: 'register' }]);
  });

  it('for one applicant over and over, it stays closed: that one is parked', () => {
    fail(failure, 'a', 'a', 'a', 'a');
    expect(held()).toBe(0);
    expect(changes).toEqual([]);
  });

  it('for three applicants more than a minute apart, it stays closed', () => {
    fail(failure, 'a', 'b');
    nowMs += 60_001;
    fail(failure, 'c');
    expect(held()).toBe(0);
  });

  it('and somebody succeeds in between, the failures are forgotten', () => {
    fail(failure, 'a', 'b');
    breakers.succeeded(circuit);
    fail(failure, 'c');
    expect(held()).toBe(0);
    expect(changes).toEqual([]);
  });

  it('no other tenant and no other kind of step is held back', () => {
    fail(failure, 'a', 'b', 'c');
    expect(held(ofTenantB)).toBe(0);
    expect(held({ ...circuit, stepKind: 'activate' })).toBe(0);
  });
});

describe('an open circuit', () => {
  beforeEach(() => fail(failing, 'a', 'b', 'c'));

  it('counts no attempt: a failure is nobody’s fault', () => {
    expect(breakers.failed(circuit, 'd', failing)).toBe(true);
    expect(breakers.failed(ofTenantB, 'd', failing)).toBe(false);
  });

  it('lets one call probe after the hold; the others look again after a hold each', () => {
    nowMs += holdMs;
    expect(held()).toBe(0);
    expect(held()).toBe(holdMs);
    nowMs += timeLimitMs;
    expect(held()).toBe(holdMs);
  });

  it('lets no second call probe because one from before it opened fails meanwhile', () => {
    nowMs += holdMs;
    held();
    fail(failing, 'begun before');
    nowMs += timeLimitMs;
    expect(held()).toBe(holdMs);
    fail(failing, 'probe');
    expect(held()).toBe(2 * holdMs);
  });

  it('lets another probe when the first was never heard of again', () => {
    nowMs += holdMs;
    held();
    nowMs += timeLimitMs + holdMs;
    expect(held()).toBe(0);
  });

  it('closes for everybody when the probe succeeds, and says so once', () => {
    nowMs += holdMs;
    held();
    breakers.succeeded(circuit);
    breakers.succeeded(circuit);
    expect(held()).toBe(0);
    expect(breakers.open).toEqual([]);
    expect(changes.map(({ isOpen }) => isOpen)).toEqual([true, false]);
  });

  it('closes when the probe is answered with a final no: the endpoint works', () => {
    breakers.failed(circuit, 'd', { kind: 'rejected', code: 'validation_failed' });
    expect(held()).toBe(0);
  });

  it.each([
    [
      'is asked to come later',
      () => breakers.failed(circuit, 'probe', { kind: 'not-done', code: 'rate_limited' }),
    ],
    ['was never sent', () => breakers.probeEnded('probe')],
  ])('lets another call probe one hold after a probe that %s', (_, end) => {
    nowMs += holdMs;
    held();
    end();
    expect(held()).toBe(holdMs);
    nowMs += holdMs;
    expect(held()).toBe(0);
    expect(changes).toHaveLength(1);
  });

  it('parks nobody who is asked to come later meanwhile', () => {
    expect(breakers.failed(circuit, 'd', { kind: 'not-done', code: 'rate_limited' })).toBe(true);
  });

  it('stays open, without another word, when the probe fails; each hold is twice as long, to a bound', () => {
    const holds = [1, 2, 3, 4, 5].map(() => {
      nowMs += held();
      expect(held()).toBe(0);
      fail(failing, 'probe');
      return held();
    });
    expect(holds).toEqual([4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(changes).toHaveLength(1);
  });
});

describe('a host', () => {
  it('that fails for two tenants is probed by one call in all', () => {
    fail(failing, 'a', 'b', 'c');
    for (const id of ['d', 'e', 'f']) breakers.failed(ofTenantB, id, failing);
    expect(changes.at(-1)).toEqual({ isOpen: true, stepKind: 'register', trouble: 'failing' });
    nowMs += holdMs;
    expect(held()).toBe(0);
    expect(held(ofTenantB)).toBeGreaterThan(0);
    expect(held({ ...circuit, tenantId: 'tenant-c' })).toBeGreaterThan(0);
  });

  it('that is probed for a tenant of its own in vain is not that applicant’s failure', () => {
    const ofTenantC = { ...circuit, tenantId: 'tenant-c' };
    expect(breakers.failed(ofTenantC, 'x', failing)).toBe(false);
    fail(failing, 'a', 'b', 'c');
    for (const id of ['d', 'e', 'f']) breakers.failed(ofTenantB, id, failing);
    nowMs += holdMs;
    expect(held(ofTenantC)).toBe(0);
    expect(breakers.failed(ofTenantC, 'probe', failing)).toBe(true);
  });

  it('that refuses the set-up of the one whose call probes serves the others at once', () => {
    fail(failing, 'a', 'b', 'c');
    for (const id of ['d', 'e', 'f']) breakers.failed(ofTenantB, id, failing);
    nowMs += holdMs;
    held();
    fail(misconfigured, 'probe');
    expect(held({ ...circuit, tenantId: 'tenant-c' })).toBe(0);
    expect(held()).toBeGreaterThan(0);
  });

  it('that refuses the set-up of two tenants goes on serving the others', () => {
    fail(misconfigured, 'a', 'b', 'c');
    for (const id of ['d', 'e', 'f']) breakers.failed(ofTenantB, id, misconfigured);
    expect(held({ ...circuit, tenantId: 'tenant-c' })).toBe(0);
  });

  it('that takes no connection is given up after three tries, were it one applicant’s', () => {
    fail(refused, 'a', 'a', 'a');
    expect(held()).toBe(holdMs);
  });

  it('that asks for fewer calls is no failing one', () => {
    fail({ kind: 'not-done', code: 'rate_limited' }, 'a', 'b', 'c', 'd');
    expect(held()).toBe(0);
  });
});

it.each(['prerequisite_missing', 'not_found', 'conflict', 'person_exists', 'request_refused'])(
  'what FinHub lacks of one applicant (%s) opens no circuit, however many lack it: each is parked',
  (code) => {
    fail({ kind: 'misconfigured', code }, 'a', 'b', 'c', 'd');
    expect(held()).toBe(0);
    expect(breakers.failed(circuit, 'e', { kind: 'misconfigured', code })).toBe(false);
  },
);

it('numbered steps are of one kind', () => {
  expect(stepKindOf('upload:3')).toBe(stepKindOf('upload:4'));
  expect(stepKindOf('register')).toBe('register');
});

function held(of: Circuit = circuit): number {
  return breakers.heldBackMs(of, 'probe', timeLimitMs);
}

function fail(failure: Failure, ...onboardingIds: string[]): void {
  for (const id of onboardingIds) breakers.failed(circuit, id, failure);
}
