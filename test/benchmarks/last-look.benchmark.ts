import { afterAll, beforeAll, jest, test } from '@jest/globals';
import { Socket } from 'node:net';
import { Pool } from 'undici';
import { exchange } from '#finhub-client/exchange.js';
import { AnsweringThread } from '../answering-thread.js';
import { quantile } from './quantile.js';

const callsCount = 1_000;

let finhub: AnsweringThread;
let pool: Pool;

beforeAll(async () => {
  finhub = await AnsweringThread.start();
  pool = new Pool(finhub.url);
});
afterAll(async () => {
  await pool.destroy();
  await finhub.stop();
});

test("from the last look at the clock until the socket has the request: when a process's freeze may double an effect", async () => {
  const times: number[] = [];
  let lookedAtMs = 0;
  const original = Socket.prototype.write;
  jest.spyOn(Socket.prototype, 'write').mockImplementation(function (this: Socket, ...written) {
    const isTaken = original.apply(this, written);
    if (lookedAtMs > 0) times.push((performance.now() - lookedAtMs) * 1_000);
    lookedAtMs = 0;
    return isTaken;
  });
  const { signal } = new AbortController();
  const beforeSend = () => (lookedAtMs = performance.now());
  const sending = { method: 'POST', path: '/', headers: { 'content-length': '2' }, body: '{}' } as const;
  for (let call = 0; call < callsCount; call += 1)
    await exchange(pool, sending, { signal, timeLimitMs: 5_000, beforeSend });
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const at = (share: number) => quantile(times, share);
  process.stderr.write(
    `last look: ${times.length} calls, ${mean.toFixed(0)} microseconds in the mean, ${at(0.5)} (median), ${at(0.99)} (of 99 in 100), ${at(1)} (longest)\n`,
  );
}, 120_000);
