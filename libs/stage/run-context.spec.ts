import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { request } from 'undici';
import { CircuitBreakers } from './circuit-breakers.js';
import { Run } from './run.js';
import { contextWith, newRow } from './testing/in-memory.js';

const timeLimitMs = 100;

/** Another thread, which answers while this one is frozen. */
const server = new Worker(
  `const { parentPort } = require('node:worker_threads');
   const server = require('node:http').createServer((_, response) => setTimeout(() => response.end('{"id":1}'), 30));
   server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
  { eval: true },
);
let url: string;

beforeAll(async () => {
  const [port] = (await once(server, 'message')) as [number];
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => server.terminate());

it('an answer that came while the process was frozen beyond the time limit is heard', async () => {
  const clock = { now: () => new Date(), monotonicMs: () => performance.now() };
  const context = contextWith({
    journal: { write: () => Promise.reject(new Error('unused')), recordLate: () => Promise.resolve(true) },
    clock,
    breakers: new CircuitBreakers(clock, 100, () => undefined),
  });
  const run = new Run(newRow(), clock, { readAtMs: performance.now(), leaseMs: 10_000 });
  await (await request(url)).body.dump();
  const answer = context.withinLimit(run, {
    timeLimitMs,
    call: async ({ signal, beforeSend }) => {
      beforeSend();
      setTimeout(freeze, 10, 3 * timeLimitMs);
      const { body } = await request(url, { signal });
      return body.json();
    },
    onLate: () => undefined,
  });
  await expect(answer).resolves.toEqual({ id: 1 });
});

function freeze(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
