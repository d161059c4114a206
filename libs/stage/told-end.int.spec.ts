import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld } from '../../test/stage-world.js';
import { StepFailure } from './failure.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  world = await StageWorld.open({ database, kafka, tables: 'registration' });
  await world.startProcess();
});
afterAll(async () => {
  await world.close();
  await kafka.close();
  await database.close();
});

test('a told end whose last steps are done again keeps its number and its id; what is told meanwhile has others', async () => {
  let isVaultAway = true;
  const event = world.newOnboarding(async (_, steps) => {
    await steps.once('register', () => Promise.reject(new Error('called again')), {
      find: () => Promise.reject(new Error('looked up again')),
    });
    await steps.repeatable('keep', async () => {
      if (isVaultAway) throw new StepFailure('not-done', 'unreachable');
    });
    return world.done({});
  });
  const { onboardingId } = event;
  // Its end was told as its second event, and a third after it.
  await restore(onboardingId, { sequence: 3, toldEnd: 2, finished: 'register' });
  await world.publish(event);
  await world.next(onboardingId, 'parked');
  // It had gone on to the next stage, which answers; what is parked here is taken up without a word.
  const cancel = await world.command(onboardingId, { command: 'cancel' });
  isVaultAway = false;
  const replay = await world.command(onboardingId, { command: 'replay' });
  await world.next(onboardingId, 'done');

  expect(await world.stateOf(onboardingId)).toBe('passed');
  for (const command of [cancel, replay]) expect(world.answersTo(command)).toEqual([]);
  const numbers = new Map(world.eventsOf(onboardingId).map(({ sequence, type }) => [sequence, type]));
  expect([...numbers].toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
    [2, world.done.type],
    [4, 'onboarding.attempt.v1'],
    [5, 'onboarding.attempt.v1'],
    [6, 'onboarding.parked.v1'],
  ]);
});

test('a no that comes when it is done again is no second end: a human is asked', async () => {
  const event = world.newOnboarding(async () => world.rejected);
  const { onboardingId } = event;
  await restore(onboardingId, { sequence: 1, toldEnd: 1, finished: 'categories' });
  await world.publish(event);
  const { sequence, data } = await world.next(onboardingId, 'parked');
  expect([sequence, data['code']]).toEqual([2, 'input_changed']);
  expect(world.eventsOf(onboardingId)).toHaveLength(1);
});

/** As `reconcile` leaves it. */
async function restore(
  onboardingId: string,
  { sequence, toldEnd, finished }: { sequence: number; toldEnd: number; finished: string },
): Promise<void> {
  const results = { [finished]: { result: {}, tries: 1, ms: 0 } };
  await world.pool.query(
    `INSERT INTO restored_run (onboarding_id, state, sequence, told_end, answered, results, look_first_since)
     VALUES ($1, 'active', $2, $3, '[]', $4, now())`,
    [onboardingId, sequence, toldEnd, results],
  );
}
