import { describe, expect, it } from '@jest/globals';
import { Places } from './places.js';

describe('the places of a process', () => {
  it('are not all given to one tenant, however much of it waits', () => {
    const places = new Places(100);
    expect(takeAll(places, 'large')).toBe(75);
    expect(places.take('small')).toBe(true);
  });

  it('are shared out evenly among those who have work, with a quarter left for who comes', () => {
    const places = new Places(100);
    places.take('a');
    places.take('b');
    expect(places.shares()).toEqual({ free: 98, ofOthers: 25, ofTenant: { a: 37, b: 37 } });
  });

  it('are all there again when they are given back', () => {
    const places = new Places(4);
    const taken = takeAll(places, 'a');
    for (let index = 0; index < taken; index += 1) places.giveBack('a');
    expect(places.shares()).toEqual({ free: 4, ofOthers: 3, ofTenant: {} });
  });

  it('are given to nobody when there are none', () => {
    const places = new Places(1);
    expect(places.take('a')).toBe(true);
    expect(places.take('b')).toBe(false);
  });

  it('are given to no tenant that is held back', () => {
    const places = new Places(10, (tenantId) => tenantId === 'slow');
    expect(places.take('slow')).toBe(false);
    places.add('slow');
    expect(places.shares().ofTenant).toEqual({ slow: 0 });
  });
});

function takeAll(places: Places, tenantId: string): number {
  let taken = 0;
  while (places.take(tenantId)) taken += 1;
  return taken;
}
