import { expect, it } from '@jest/globals';
import { ByteBudget } from './byte-budget.js';
import { standaloneCall } from './call.js';

/** What runs in a budget, by name, until it is let end. */
class Running {
  readonly names: string[] = [];
  readonly #ends = new Map<string, () => void>();

  constructor(private readonly budget: ByteBudget) {}

  begin(name: string, bytes: number, owner: string): Promise<unknown> {
    return this.budget.within({ bytes, owner }, standaloneCall, () => {
      this.names.push(name);
      return new Promise<void>((resolve) => this.#ends.set(name, resolve));
    });
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.();
    await turn();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('an owner with many waiting holds up no other, and has half of the bound at most', async () => {
  const budget = new ByteBudget(100, 2);
  const running = new Running(budget);
  const all = [1, 2, 3].map((n) => running.begin(`a${n}`, 30, 'a'));
  all.push(running.begin('b1', 30, 'b'), running.begin('b2', 10, 'b'));
  await turn();
  expect(running.names).toEqual(['a1', 'b1', 'b2']);
  expect(budget.bytes).toBe(70);
  for (const name of ['a1', 'b1', 'a2', 'b2', 'a3']) await running.end(name);
  expect(running.names).toEqual(['a1', 'b1', 'b2', 'a2', 'a3']);
  await Promise.all(all);
  expect(budget.bytes).toBe(0);
});

it('room goes to whoever has the least under way, also where that has to wait for it', async () => {
  const running = new Running(new ByteBudget(100, 3));
  const all = ['a1', 'a2', 'b1', 'b2'].map((name) => running.begin(name, 25, name.slice(0, 1)));
  all.push(running.begin('a3', 25, 'a'), running.begin('b3', 25, 'b'), running.begin('c1', 50, 'c'));
  await turn();
  expect(running.names).toEqual(['a1', 'a2', 'b1', 'b2']);
  for (const name of ['a1', 'b1']) await running.end(name);
  expect(running.names.slice(4)).toEqual(['c1']);
  for (const name of ['c1', 'a2', 'b2', 'a3', 'b3']) await running.end(name);
  await Promise.all(all);
});

it('the only owner has all of it, and an item larger than the bound runs alone', async () => {
  const running = new Running(new ByteBudget(100));
  const all = [running.begin('a1', 90, 'a'), running.begin('a2', 300, 'a'), running.begin('a3', 1, 'a')];
  await turn();
  await running.end('a1');
  expect(running.names).toEqual(['a1', 'a2']);
  await running.end('a2');
  await running.end('a3');
  await Promise.all(all);
  expect(running.names).toEqual(['a1', 'a2', 'a3']);
});
