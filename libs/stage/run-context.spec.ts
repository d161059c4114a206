import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { request } from 'undici';
import type { Clock } from '#platform/clock.js';
import { AnsweringThread } from '../../test/answering-thread.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { Run } from './run.js';
import type { RunContext } from './run-context.js';
import type { Call } from './steps.js';
import { contextWith, newRow } from './testing/in-memory.js';

const timeLimitMs = 1_000;

let finhub: AnsweringThread;

beforeAll(async () => {
  finhub = await AnsweringThread.start();
});
afterAll(() => finhub.stop());

it('a call over which the machine has slept is not sent, though its monotonic clock stood still', async () => {
  let wallMs = Date.parse('2030-01-01T00:00:00Z');
  const clock = { now: () => new Date(wallMs), monotonicMs: () => 0 };
  const run = new Run(newRow(), clock, { readAtMs: 0, leaseMs: 10_000 });
  const call = async ({ beforeSend }: Call) => {
    beforeSend();
    wallMs += timeLimitMs + 1;
    beforeSend();
  };
  const sent = contextOn(clock).withinLimit(run, { endsAtMs: timeLimitMs, call, onLate: () => undefined });
  await expect(sent).rejects.toMatchObject({ kind: 'not-done' });
});

it('an answer that came while the process was frozen beyond the time limit is heard', async () => {
  const clock = { now: () => new Date(), monotonicMs: () => performance.now() };
  const run = new Run(newRow(), clock, { readAtMs: performance.now(), leaseMs: 10_000 });
  await (await request(finhub.url)).body.dump();
  const answer = contextOn(clock).withinLimit(run, {
    endsAtMs: performance.now() + timeLimitMs,
    call: async ({ signal, beforeSend }) => {
      beforeSend();
      finhub.freezeWhenAsked('/frozen', 3 * timeLimitMs);
      const { body } = await request(`${finhub.url}/frozen`, { signal });
      return body.json();
    },
    onLate: () => undefined,
  });
  await expect(answer).resolves.toEqual({ id: 1 });
});

function contextOn(clock: Clock): RunContext {
  return contextWith({
    journal: { write: () => Promise.reject(new Error('unused')), recordLate: () => Promise.resolve(true) },
    clock,
    breakers: new CircuitBreakers(clock, 100, () => undefined),
  });
}
