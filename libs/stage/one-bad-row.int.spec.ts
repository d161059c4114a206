import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { StepFailure } from './failure.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;
let superuser: pg.Client;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  superuser = new pg.Client({ connectionString: database.url });
  await superuser.connect();
  await superuser.query('SET search_path = registration');
  world = await StageWorld.open({ database, kafka, tables: 'registration' });
  await world.startProcess({ statementTimeoutMs: 1_500 });
});
afterAll(async () => {
  await world.close();
  await superuser.end();
  await kafka.close();
  await database.close();
});

afterEach(() => superuser.query('ALTER TABLE stage_run DROP CONSTRAINT IF EXISTS spec'));

const others = 20;

describe('a row that Postgres refuses', () => {
  it('for a NUL in a result parks that onboarding, and no other of the same group commit', async () => {
    const group = await beginTogether({ result: { customerId: 'a\u0000b' } });
    await expectOnlyThatParked(group);
  });

  it('for a constraint parks that onboarding, and no other of the same group commit', async () => {
    const group = await beginTogether({ result: { customerId: 'forbidden' } }, async () => {
      await superuser.query(`
        ALTER TABLE stage_run ADD CONSTRAINT spec CHECK (results::text NOT LIKE '%forbidden%') NOT VALID`);
    });
    await expectOnlyThatParked(group);
  });

  it('leaves no command of the refused write without its answer', async () => {
    const call = jest.fn(misconfigured);
    const id = await world.begin(oneStep(call));
    await world.next(id, 'parked');
    await superuser.query(`
      ALTER TABLE stage_run ADD CONSTRAINT spec CHECK (onboarding_id <> '${id}' OR open_step ->> 'state' <> 'intent')
      NOT VALID`);
    // The replay is applied in memory, and would become durable with the intent.
    const replay = await world.command(id, { command: 'replay' });
    await world.next(id, 'parked', ({ data }) => data['code'] === 'unstorable');
    await world.next(id, 'answered', ({ data }) => data['commandId'] === replay);
  });

  it('leaves a command unanswered no longer than until the row can be written', async () => {
    const id = await world.begin(oneStep(misconfigured));
    await world.next(id, 'parked');
    await superuser.query(`
      ALTER TABLE stage_run ADD CONSTRAINT spec CHECK (onboarding_id <> '${id}' OR state <> 'ended') NOT VALID`);
    const cancelled = await world.command(id, { command: 'cancel' });
    const answer = await world.next(id, 'answered', ({ data }) => data['commandId'] === cancelled);
    expect(answer.data).toMatchObject({ command: 'cancel' });
  });
});

describe('a row that somebody else has locked', () => {
  it('holds up its own onboarding, and no other of the same group commit', async () => {
    const group = await beginTogether({ result: {} }, async (id) => {
      await superuser.query(`BEGIN; SELECT FROM stage_run WHERE onboarding_id = '${id}' FOR UPDATE`);
    });
    try {
      for (const id of group.others) await world.next(id, 'done');
      expect(await world.stateOf(group.one)).toBe('active');
    } finally {
      await superuser.query('COMMIT');
    }
    await world.next(group.one, 'done');
  });
});

interface Group {
  readonly one: string;
  readonly others: readonly string[];
}

/** One onboarding and others, whose calls all answer in the same moment; `before` happens while they are under way. */
async function beginTogether(
  { result }: { result: object },
  before: (id: string) => Promise<void> = () => Promise.resolve(),
): Promise<Group> {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  let underWay = 0;
  const answering = (given: object) => async () => {
    underWay += 1;
    await answered;
    return given;
  };
  const events = Array.from({ length: others + 1 }, (_, index) =>
    world.newOnboarding(oneStep(answering(index === others / 2 ? result : { customerId: String(index) }))),
  );
  await world.publish(...events);
  await waitUntil('all calls to be under way', () => underWay === events.length);
  const ids = events.map(({ onboardingId }) => onboardingId);
  const one = ids[others / 2]!;
  await before(one);
  answer();
  return { one, others: ids.filter((id) => id !== one) };
}

async function expectOnlyThatParked({ one, others: rest }: Group): Promise<void> {
  const parked = await world.next(one, 'parked');
  expect(parked.data).toMatchObject({ code: 'unstorable', step: 'register', isInDoubt: true });
  for (const id of rest) await world.next(id, 'done');
  expect(await world.stateOf(one)).toBe('parked');
}

function oneStep(call: () => Promise<object>): TestHandler {
  return async (_, steps) => world.done(await steps.once('register', call, { find: unknown }));
}

async function unknown() {
  return { state: 'unknown' as const };
}

async function misconfigured(): Promise<never> {
  throw new StepFailure('misconfigured', 'forbidden');
}
