import { expect, test } from '@jest/globals';
import { appliesToo, dueFreezeMs, dueKill, type Plan, type TraceLine } from './trace.js';

const call = 'FinHub: activateIndividual, request';
const write = 'Postgres: write the end of the stage, with its event';

test('a process dies at the edge and side that its plan names, and at no other', () => {
  const plan: Plan = { kills: [{ edge: call, nth: 1, side: 'after' }] };
  expect(dueKill(plan, [], { edge: call, side: 'before' })).toBeUndefined();
  expect(dueKill(plan, [seen(call, 'before')], { edge: call, side: 'after' })).toBe(plan.kills[0]);
  expect(dueKill(plan, [], { edge: write, side: 'after' })).toBeUndefined();
});

test('of edges alike the one dies whose turn it is', () => {
  const plan: Plan = { kills: [{ edge: call, nth: 2, side: 'after' }] };
  expect(dueKill(plan, [], { edge: call, side: 'after' })).toBeUndefined();
  const once = [seen(call, 'before'), seen(call, 'after')];
  expect(dueKill(plan, once, { edge: call, side: 'after' })).toBe(plan.kills[0]);
});

test('a process that was started again passes the edge at which it died', () => {
  const plan: Plan = { kills: [{ edge: call, nth: 1, side: 'after' }] };
  expect(dueKill(plan, [death(call)], { edge: call, side: 'after' })).toBeUndefined();
});

test('a second death is counted from the first', () => {
  const plan: Plan = {
    kills: [
      { edge: call, nth: 1, side: 'after' },
      { edge: call, nth: 1, side: 'after' },
    ],
  };
  expect(dueKill(plan, [death(call)], { edge: call, side: 'after' })).toBe(plan.kills[1]);
});

test('an edge that is looked for since another one is counted from that one’s first time, whatever came before', () => {
  const plan: Plan = { kills: [{ edge: write, nth: 1, side: 'after', since: call }] };
  const reached = { edge: write, side: 'after' } as const;
  expect(dueKill(plan, [], reached)).toBeUndefined();
  expect(dueKill(plan, [seen(write, 'after'), seen(call, 'before')], reached)).toBeUndefined();
  expect(dueKill(plan, [seen(write, 'after'), seen(call, 'after')], reached)).toBe(plan.kills[0]);
  const late = [seen(call, 'after'), seen(write, 'after'), seen(call, 'after')];
  expect(dueKill(plan, late, reached)).toBeUndefined();
});

test('there a write is the same whether or not a command came in time for it', () => {
  const plan: Plan = { kills: [{ edge: write, nth: 2, side: 'after', since: call }] };
  const trace = [seen(call, 'after'), seen(`${write}${appliesToo}`, 'after')];
  expect(dueKill(plan, trace, { edge: write, side: 'after' })).toBe(plan.kills[0]);
});

test('a process stands still after the edge that its plan names, the first time', () => {
  const plan: Plan = { kills: [], freeze: { edge: call, forMs: 100 } };
  expect(dueFreezeMs(plan, [], { edge: call, side: 'before' })).toBe(0);
  expect(dueFreezeMs(plan, [], { edge: write, side: 'after' })).toBe(0);
  expect(dueFreezeMs(plan, [seen(call, 'before')], { edge: call, side: 'after' })).toBe(100);
  expect(dueFreezeMs(plan, [seen(call, 'after')], { edge: call, side: 'after' })).toBe(0);
});

test('an onboarding whose edges are only counted dies nowhere', () => {
  expect(dueKill({ kills: [] }, [], { edge: call, side: 'after' })).toBeUndefined();
});

function seen(edge: string, side: TraceLine['side']): TraceLine {
  return { atMs: 0, pid: 1, edge, side };
}

function death(edge: string): TraceLine {
  return { ...seen(edge, 'after'), isKill: true };
}
