import { expect, it } from '@jest/globals';
import { Bulkheads } from './bulkheads.js';

it('runs at one kind of step take two thirds of their tenant’s places, and leave the others room', () => {
  const bulkheads = withPlaces(12);
  expect(enterAll(bulkheads, 10, 'slow')).toBe(8);
  expect(enterAll(bulkheads, 10, 'other')).toBe(8);
});

it('another tenant’s runs have a room of their own', () => {
  const bulkheads = withPlaces(12);
  enterAll(bulkheads, 10, 'slow');
  expect(bulkheads.enter({}, 'tenant-b', 'slow')).toBe(0);
});

it('whoever finds no room gets a turn, one after the other as fast as calls end, and never further away than half a minute', () => {
  const bulkheads = withPlaces(3);
  const inside = [{}, {}];
  for (const run of inside) bulkheads.enter(run, 'tenant-a', 'slow');
  // Two at a time, a second each until more is known.
  expect(turns(bulkheads, 3)).toEqual([500, 1_000, 1_500]);
  for (let ended = 0; ended < 100; ended += 1) bulkheads.callEnded(inside[0]!, 4_000);
  expect(turns(bulkheads, 1)[0]).toBeCloseTo(3_500, 0);
  expect(turns(bulkheads, 100).at(-1)).toBe(30_000);
});

it('a run is in one room at a time, and makes room when it goes on or ends', () => {
  const bulkheads = withPlaces(1);
  const [first, second] = [{}, {}];
  expect(bulkheads.enter(first, 'tenant-a', 'slow')).toBe(0);
  expect(bulkheads.enter(first, 'tenant-a', 'slow')).toBe(0);
  expect(bulkheads.enter(second, 'tenant-a', 'slow')).toBeGreaterThan(0);
  expect(bulkheads.enter(first, 'tenant-a', 'next')).toBe(0);
  expect(bulkheads.enter(second, 'tenant-a', 'slow')).toBe(0);
  bulkheads.leave(second);
  bulkheads.leave(second);
  expect(bulkheads.enter({}, 'tenant-a', 'slow')).toBe(0);
  expect(bulkheads.enter({}, 'tenant-a', 'slow')).toBeGreaterThan(0);
});

function withPlaces(places: number): Bulkheads {
  const clock = { now: () => new Date(0), monotonicMs: () => 0 };
  return new Bulkheads(clock, () => places);
}

function enterAll(bulkheads: Bulkheads, runs: number, stepKind: string): number {
  return turns(bulkheads, runs, stepKind).filter((turnMs) => turnMs === 0).length;
}

function turns(bulkheads: Bulkheads, runs: number, stepKind = 'slow'): number[] {
  return Array.from({ length: runs }, () => bulkheads.enter({}, 'tenant-a', stepKind));
}
