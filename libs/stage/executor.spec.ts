import { expect, it, jest } from '@jest/globals';
import { onboardingRegistered } from '#contracts/events.js';
import { StepFailure } from './failure.js';
import type { PersonalData } from './stage-options.js';
import type { Found, Steps } from './steps.js';
import { OneRun } from './testing/one-run.js';

const noData: PersonalData = {
  sealRecord: () => Promise.resolve(''),
  fingerprint: (input) => JSON.stringify(input),
  acceptCorrection: () => Promise.resolve({}),
  revertCorrection: () => Promise.resolve(),
  erase: () => Promise.resolve([]),
};

it('what an end forgets is there until the end is durable, and forgotten by whoever finds it ended', async () => {
  const register = jest.fn(() => Promise.reject(new StepFailure('rejected', 'already_exists')));
  const find = async (): Promise<Found<never>> => ({ state: 'absent' });
  const forget = jest.fn(() => Promise.resolve());
  const run: OneRun = new OneRun(
    (steps: Steps) => steps.once('register', register, { find }),
    noData,
    forget,
  );
  forget.mockImplementationOnce(() => {
    expect(run.state).toBe('ended');
    return Promise.reject(new Error('as if the process died'));
  });
  expect(await run.turn()).toBe(true);
  expect(await run.turn()).toBe(true);
  expect(await run.turn()).toBe(false);
  expect(forget).toHaveBeenCalledTimes(2);
  expect(register).toHaveBeenCalledTimes(1);
  expect(run.told.map(({ name }) => name)).toEqual(['rejected']);
});

it('what keeps personal data from being had is what the onboarding is parked with, once its retries are over', async () => {
  const unreadable = new Error('the vault cannot open the request');
  const handler = jest.fn(() => Promise.reject(unreadable));
  const run = new OneRun(handler, {
    ...noData,
    parkingCodeOf: (error) => (error === unreadable ? 'vault_unreadable' : undefined),
  });
  while (await run.turn());
  expect(run.state).toBe('parked');
  expect(run.told.at(-1)).toMatchObject({ name: 'parked', data: { code: 'vault_unreadable' } });
  expect(handler).toHaveBeenCalledTimes(3);
});

it('a Postgres that is away parks nobody, however often a handler or a call finds it so', async () => {
  const away = Object.assign(new Error('Connection terminated'), { code: '57P01' });
  const tries = { handler: 0, call: 0 };
  const awayAtFirst = async (where: keyof typeof tries): Promise<object> => {
    tries[where] += 1;
    if (tries[where] <= 10) throw away;
    return {};
  };
  const run = new OneRun(async (steps) => {
    await awayAtFirst('handler');
    await steps.repeatable('read', () => awayAtFirst('call'));
    return onboardingRegistered({ customerId: 'customer-1', userId: 'user-1' });
  }, noData);
  while (await run.turn());
  expect(run.state).toBe('passed');
  expect(tries).toEqual({ handler: 21, call: 11 });
});
