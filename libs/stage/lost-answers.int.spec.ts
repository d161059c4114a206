import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { PostgresProxy, type Fate } from '../../test/postgres-proxy.js';
import { StageWorld, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { StepFailure } from './failure.js';
import type { Found } from './steps.js';

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

describe('a late result', () => {
  it('wins, whoever holds the lease by then, and whatever that one is about to write of its own', async () => {
    const taken = [
      new TakenOver({ isInTime: true, isRepeated: false }),
      new TakenOver({ isInTime: false, isRepeated: false }),
      new TakenOver({ isInTime: false, isRepeated: true }),
    ];
    await world.publish(...taken.map(({ event }) => event));
    await waitUntil('the calls', () => taken.every(({ calls }) => calls.length === 1));
    proxy.freeze();
    for (const each of taken) if (each.how.isInTime) each.answerFirst();
    const other = await world.startProcess();
    try {
      await waitUntil('another owner in the middle of it', () => taken.every((each) => each.isTaken), 15_000);
      proxy.thaw();
      for (const each of taken) if (!each.how.isInTime) each.answerFirst();
      await waitUntil('the late results', async () => (await recordedLate()) === taken.length);
      for (const each of taken) each.answerOther();
      for (const { event, how, calls } of taken) {
        const { data } = await world.next(event.onboardingId, 'done');
        expect({ how, data }).toMatchObject({ data: { customerId: 'late' } });
        expect({ how, calls: calls.length }).toEqual({ how, calls: how.isRepeated ? 2 : 1 });
      }
      await passOneMore();
      for (const { event } of taken) expect(told(event.onboardingId)).toEqual(['done 1']);
      expect(await recordedLate()).toBe(taken.length);
    } finally {
      await other.stop();
    }
  });
});

/** An onboarding whose owner is cut off in its call, so that another takes it over. */
class TakenOver {
  readonly calls: { answer(result: object): void; refuse(): void }[] = [];
  readonly event = world.newOnboarding(async (_, steps) =>
    world.done(
      await steps.once('register', () => this.call(), { find: () => this.find(), timeLimitMs: 1_000 }),
    ),
  );
  private found: ((found: Found<object>) => void) | undefined;

  constructor(
    readonly how: {
      /** The call is answered while it may still take: but its owner cannot write it any more. */
      readonly isInTime: boolean;
      /** The other owner makes the call again, instead of looking what became of it. */
      readonly isRepeated: boolean;
    },
  ) {}

  get isTaken(): boolean {
    return this.found !== undefined || this.calls.length === 2;
  }

  answerFirst(): void {
    this.calls[0]?.answer({ customerId: 'late' });
  }

  answerOther(): void {
    this.found?.({ state: 'present', result: { customerId: 'found by the other' } });
    this.calls[1]?.refuse();
  }

  private call(): Promise<object> {
    return new Promise((answer, reject) => {
      const refuse = (): void => {
        reject(new StepFailure('rejected', 'customer_exists'));
      };
      this.calls.push({ answer, refuse });
    });
  }

  private find(): Promise<Found<object>> {
    if (this.how.isRepeated) return Promise.resolve({ state: 'repeat' });
    return new Promise((found) => (this.found = found));
  }
}

async function recordedLate(): Promise<number> {
  const { rowCount } = await world.pool.query(
    `SELECT 1 FROM stage_run WHERE results #>> '{register,result,customerId}' = 'late'`,
  );
  return rowCount ?? 0;
}

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
