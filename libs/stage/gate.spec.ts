import { beforeEach, describe, expect, it } from '@jest/globals';
import { Gate, stepKindOf, type GateKey } from './gate.js';

const key: GateKey = { tenantId: 'tenant-a', stepKind: 'register' };
const holdMs = 15_000;

let nowMs: number;
let changes: boolean[];
let gate: Gate;

beforeEach(() => {
  nowMs = 1_000;
  changes = [];
  const clock = { now: () => new Date(0), monotonicMs: () => nowMs };
  gate = new Gate(clock, (_, isClosed) => changes.push(isClosed));
});

describe('a gate', () => {
  it('closes when the set-up is wrong for three applicants', () => {
    fail('a', 'b');
    expect(gate.heldBackMs(key)).toBe(0);
    fail('c');
    expect(gate.heldBackMs(key)).toBe(holdMs);
    expect(gate.closed).toBe(1);
    expect(changes).toEqual([true]);
  });

  it('stays open for one applicant who fails over and over: that one is parked', () => {
    fail('a', 'a', 'a', 'a');
    expect(gate.heldBackMs(key)).toBe(0);
    expect(changes).toEqual([]);
  });

  it('stays open when the failures lie more than a minute apart', () => {
    fail('a', 'b');
    nowMs += 60_001;
    fail('c');
    expect(gate.heldBackMs(key)).toBe(0);
  });

  it('forgets the failures as soon as somebody succeeds', () => {
    fail('a', 'b');
    gate.succeeded(key);
    fail('c');
    expect(gate.heldBackMs(key)).toBe(0);
    expect(changes).toEqual([]);
  });

  it('holds back no other tenant and no other kind of step', () => {
    fail('a', 'b', 'c');
    expect(gate.heldBackMs({ ...key, tenantId: 'tenant-b' })).toBe(0);
    expect(gate.heldBackMs({ ...key, stepKind: 'activate' })).toBe(0);
  });

  it('lets one applicant probe after the hold, and the others wait for it', () => {
    fail('a', 'b', 'c');
    nowMs += holdMs;
    expect(gate.heldBackMs(key)).toBe(0);
    expect(gate.heldBackMs(key)).toBe(holdMs);
  });

  it('opens for everybody when the probe succeeds, and says so once', () => {
    fail('a', 'b', 'c');
    nowMs += holdMs;
    gate.heldBackMs(key);
    gate.succeeded(key);
    gate.succeeded(key);
    expect(gate.heldBackMs(key)).toBe(0);
    expect(gate.closed).toBe(0);
    expect(changes).toEqual([true, false]);
  });

  it('stays closed, without another word, when the probe fails', () => {
    fail('a', 'b', 'c');
    nowMs += holdMs;
    gate.heldBackMs(key);
    fail('d');
    expect(gate.heldBackMs(key)).toBeGreaterThan(0);
    expect(changes).toEqual([true]);
  });

  it('takes numbered steps for one kind', () => {
    expect(stepKindOf('upload:3')).toBe(stepKindOf('upload:4'));
    expect(stepKindOf('register')).toBe('register');
  });
});

function fail(...onboardingIds: string[]): void {
  for (const id of onboardingIds) gate.misconfigured(key, id);
}
