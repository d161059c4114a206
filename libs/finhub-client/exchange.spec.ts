import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Socket } from 'node:net';
import { Pool } from 'undici';
import { exchange, OwnError, type Sending } from './exchange.js';
import { AnsweringThread } from '../../test/answering-thread.js';

const sending: Sending = { method: 'POST', path: '/', headers: { 'content-length': '2' }, body: '{}' };

let finhub: AnsweringThread;
let pool: Pool;

beforeAll(async () => {
  finhub = await AnsweringThread.start();
  pool = new Pool(finhub.url);
  await exchange(pool, sending, callOf(5_000));
});
afterAll(async () => {
  await pool.destroy();
  await finhub.stop();
});

it('an answer that came while the process was frozen beyond the time limit is heard', async () => {
  const timeLimitMs = 1_000;
  finhub.freezeWhenAsked('/frozen', 3 * timeLimitMs);
  const outcome = await exchange(pool, { ...sending, path: '/frozen' }, callOf(timeLimitMs));
  expect(outcome).toMatchObject({ kind: 'answer', answer: { status: 200 } });
});

it('the request is written in the very turn of the event loop in which the clock was looked at', async () => {
  const seen: string[] = [];
  const write = jest.spyOn(Socket.prototype, 'write').mockImplementation(function (this: Socket, ...written) {
    seen.push('written');
    write.mockRestore();
    return this.write(...(written as [string]));
  });
  const look = () => {
    seen.push('looked');
    setImmediate(() => seen.push('next turn'));
  };
  await exchange(pool, sending, callOf(5_000, look));
  expect(seen.slice(0, 3)).toEqual(['looked', 'written', 'next turn']);
});

it('after a freeze in the middle of a document the rest of it is not sent', async () => {
  const deadlineMs = performance.now() + 500;
  const look = () => {
    if (performance.now() > deadlineMs) throw new Error('too late');
  };
  const body = (async function* () {
    yield Buffer.from('{');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    yield Buffer.from('}');
  })();
  await expect(
    exchange(pool, { ...sending, path: '/document', body }, callOf(5_000, look)),
  ).rejects.toMatchObject({ constructor: OwnError, cause: { message: 'too late' } });
  await exchange(pool, { ...sending, path: '/after' }, callOf(5_000));
  expect(finhub.whole).toContain('/after');
  expect(finhub.whole).not.toContain('/document');
});

function callOf(timeLimitMs: number, beforeSend: () => void = () => undefined) {
  return { signal: new AbortController().signal, timeLimitMs, beforeSend };
}
