import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { request } from 'undici';
import { AnsweringThread } from '../../test/answering-thread.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { Run } from './run.js';
import { contextWith, newRow } from './testing/in-memory.js';

const timeLimitMs = 1_000;

let finhub: AnsweringThread;

beforeAll(async () => {
  finhub = await AnsweringThread.start();
});
afterAll(() => finhub.stop());

it('an answer that came while the process was frozen beyond the time limit is heard', async () => {
  const clock = { now: () => new Date(), monotonicMs: () => performance.now() };
  const context = contextWith({
    journal: { write: () => Promise.reject(new Error('unused')), recordLate: () => Promise.resolve(true) },
    clock,
    breakers: new CircuitBreakers(clock, 100, () => undefined),
  });
  const run = new Run(newRow(), clock, { readAtMs: performance.now(), leaseMs: 10_000 });
  await (await request(finhub.url)).body.dump();
  const answer = context.withinLimit(run, {
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
