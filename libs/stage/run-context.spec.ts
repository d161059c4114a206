import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { request } from 'undici';
import { fromEnvelope, parseEnvelope } from '#contracts/envelope.js';
import { onboardingRegistered } from '#contracts/events.js';
import { AnsweringThread } from '../../test/answering-thread.js';
import { CircuitBreakers } from './circuit-breakers.js';
import type { RunWrite } from './journal.js';
import { Run } from './run.js';
import type { Call } from './steps.js';
import { contextWith, newRow } from './testing/in-memory.js';

const timeLimitMs = 1_000;

const clock = { now: () => new Date(), monotonicMs: () => performance.now() };
const parts = {
  journal: { write: () => Promise.reject(new Error('unused')), recordLate: () => Promise.resolve(true) },
  clock,
  breakers: new CircuitBreakers(clock, 100, () => undefined),
};

let finhub: AnsweringThread;

beforeAll(async () => {
  finhub = await AnsweringThread.start();
});
afterAll(() => finhub.stop());

it('a call over which the machine has slept is not sent, though its monotonic clock stood still', async () => {
  let wallMs = Date.parse('2030-01-01T00:00:00Z');
  const suspended = { now: () => new Date(wallMs), monotonicMs: () => 0 };
  const run = new Run(newRow(), suspended, { readAtMs: 0, leaseMs: 10_000 });
  const call = async ({ beforeSend }: Call) => {
    beforeSend();
    wallMs += timeLimitMs + 1;
    beforeSend();
  };
  const sent = contextWith({ ...parts, clock: suspended }).withinLimit(run, {
    endsAtMs: timeLimitMs,
    call,
    onLate: () => undefined,
  });
  await expect(sent).rejects.toMatchObject({ kind: 'not-done' });
});

it('of the commands that were answered the last hundred are remembered, and told to the next stage', async () => {
  const written: RunWrite[] = [];
  const write = (each: RunWrite) => {
    written.push(each);
    return Promise.resolve({ hasCommands: false });
  };
  const context = contextWith({ ...parts, journal: { ...parts.journal, write } });
  const run = newRun();
  const commandIds = Array.from({ length: 101 }, (_, index) => `command-${index}`);
  for (const commandId of commandIds) run.answered.add(commandId);
  await context.write(run, { leaseMs: null, facts: [onboardingRegistered(onboardingRegistered.example)] });
  const [{ answered, events } = { answered: [], events: [] }] = written;
  expect(answered).toEqual(commandIds.slice(1));
  const told = events.map(({ value }) => fromEnvelope(parseEnvelope(Buffer.from(value))).answeredCommands);
  expect(told).toEqual([commandIds.slice(1)]);
});

it('an answer that came while the process was frozen beyond the time limit is heard', async () => {
  const run = newRun();
  await (await request(finhub.url)).body.dump();
  const answer = contextWith(parts).withinLimit(run, {
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

function newRun(): Run {
  return new Run(newRow(), clock, { readAtMs: performance.now(), leaseMs: 10_000 });
}
