import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { PostgresProxy, type Fate } from '../../test/postgres-proxy.js';
import { StageWorld, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { StepFailure } from './failure.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let kafka: TestKafka;
let proxy: PostgresProxy;
let world: StageWorld;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  proxy = await PostgresProxy.open(database.urlFor('registration'));
  world = await StageWorld.open({ database, kafka, tables: 'registration' });
  await world.startProcess({ url: proxy.url });
});
afterAll(async () => {
  await world.close();
  await proxy.close();
  await kafka.close();
  await database.close();
});

const groupCommit = 'WITH input AS MATERIALIZED';
const inboxInsert = 'WITH inserted AS';
const lost: Fate[] = ['answer-lost', 'statement-lost'];

describe('a group commit whose answer is lost', () => {
  const writes = [
    { write: 'the first intent', skip: 0 },
    { write: 'a result with the next intent', skip: 1 },
    { write: 'the finish with its event', skip: 2 },
  ];
  it.each(writes.flatMap((write) => lost.map((fate) => ({ ...write, fate }))))(
    'causes no call twice, loses no event and gives none two ids ($write, $fate)',
    async ({ skip, fate }) => {
      const steps = twoSteps();
      const event = world.newOnboarding(steps.handler);
      const cut = proxy.next([groupCommit, event.onboardingId], fate, skip);
      await world.publish(event);
      await cut;
      await world.next(event.onboardingId, 'done');
      await passOneMore();
      expect([steps.first, steps.second].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
      expect(told(event.onboardingId)).toEqual(['done 1']);
    },
  );

  it.each(lost)(
    'and gave the lease back leaves the onboarding to whoever takes it up meanwhile (%s)',
    async (fate) => {
      const call = jest.fn(async () => ({ customerId: 'second' })).mockImplementationOnce(refusedForNow);
      const event = world.newOnboarding(oneStep(call));
      // It is due again, and claimed, before the write is made again.
      const cut = proxy.next([groupCommit, event.onboardingId, 'rate_limited'], fate);
      await world.publish(event);
      await cut;
      await world.next(event.onboardingId, 'done');
      await passOneMore();
      expect(call).toHaveBeenCalledTimes(2);
      expect(told(event.onboardingId)).toEqual(['attempt 1', 'done 2']);
    },
  );

  it('changes nothing when it reaches Postgres only after it was made again', async () => {
    const call = jest.fn(async () => {
      throw new StepFailure('rejected', 'customer_exists');
    });
    const event = world.newOnboarding(oneStep(call));
    const cut = proxy.next([groupCommit, event.onboardingId], 'late');
    await world.publish(event);
    const late = await cut;
    await world.next(event.onboardingId, 'rejected');
    await late.release();
    expect(await world.stateOf(event.onboardingId)).toBe('ended');
    expect(call).toHaveBeenCalledTimes(1);
  });
});

describe('a fetch whose answer is lost', () => {
  it.each(lost)(
    'is stored once: one run, one application of its command, one dead letter (%s)',
    async (fate) => {
      const steps = twoSteps();
      const event = world.newOnboarding(steps.handler);
      const letters = world.deadLetters.length;
      const cut = proxy.next([inboxInsert, event.onboardingId], fate);
      await kafka.publish(world.topics.asked, [
        { key: event.onboardingId, value: world.valueOf(event) },
        { key: event.onboardingId, value: 'garbage' },
      ]);
      await cut;
      await world.next(event.onboardingId, 'done');
      const ids = await waitUntil('the dead letter', () => {
        const found = world.deadLetters.slice(letters).map(({ id }) => id);
        return found.length > 0 && found;
      });
      await passOneMore();
      expect(new Set(ids).size).toBe(1);
      expect([steps.first, steps.second].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
      expect(told(event.onboardingId)).toEqual(['done 1']);
    },
  );

  it.each(lost)('holds a command that is applied and answered once (%s)', async (fate) => {
    const parks = oneStep(async () => {
      throw new StepFailure('misconfigured', 'forbidden');
    });
    const onboardingId = await world.begin(parks);
    await world.next(onboardingId, 'parked');
    const cut = proxy.next([inboxInsert, onboardingId], fate);
    const commandId = await world.command(onboardingId, { command: 'cancel' });
    await cut;
    await world.next(onboardingId, 'cancelled');
    await passOneMore();
    const answers = world
      .eventsOf(onboardingId)
      .filter(({ data }) => (data as { commandId?: string }).commandId === commandId);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  });
});

/** Each event of an onboarding by name and sequence, whatever its id was told how often. */
function told(onboardingId: string): string[] {
  const byId = new Map(world.eventsOf(onboardingId).map((event) => [event.id, event]));
  return [...byId.values()].map(({ type, sequence }) => `${type.split('.')[1]} ${sequence}`);
}

function twoSteps() {
  const first = jest.fn(async () => ({ customerId: 'customer-1' }));
  const second = jest.fn(async () => ({ verificationId: 'verification-1' }));
  const handler: TestHandler = async (_, steps) => {
    await steps.once('register', first, { find: absent });
    await steps.once('open', second, { find: absent });
    return world.done({});
  };
  return { handler, first, second };
}

function oneStep(call: () => Promise<object>): TestHandler {
  return async (_, steps) => {
    await steps.once('register', call, { find: absent });
    return world.done({});
  };
}

/** Would call again, if it were ever asked without need. */
async function absent() {
  return { state: 'absent' as const };
}

async function refusedForNow(): Promise<never> {
  throw new StepFailure('not-done', 'rate_limited');
}

/** The stage has told of everything that came before, once it has told of this. */
async function passOneMore(): Promise<void> {
  const id = await world.begin(async () => world.done({}));
  await world.next(id, 'done');
}
