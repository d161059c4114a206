import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
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

describe.each([
  ['fails', 'failing', new StepFailure('not-done', 'server_error')],
  ['refuses our set-up', 'misconfigured', new StepFailure('misconfigured', 'forbidden')],
])('an endpoint that %s for everybody', (_, trouble, failure) => {
  it('parks nobody, is probed by one call at a time, and is told of by one event; all go on when it is well', async () => {
    const step = `read-${trouble}`;
    const endpoint = { isWell: false, calls: 0 };
    const read: TestHandler = async (__, steps) => {
      await steps.repeatable(step, async () => {
        endpoint.calls += 1;
        if (!endpoint.isWell) throw failure;
        return {};
      });
      return world.done({});
    };
    const applicants = Array.from({ length: 10 }, () => world.newOnboarding(read));
    await world.publish(...applicants);
    await waitUntil('the circuit to open', () => toldOf(step).length > 0);
    const before = endpoint.calls;
    // More than an applicant has attempts (3), were they counted.
    await waitUntil('some probes', () => endpoint.calls >= before + 5);
    expect(toldOf(step)).toMatchObject([{ state: 'opened', step, trouble }]);

    endpoint.isWell = true;
    for (const { onboardingId } of applicants) await world.next(onboardingId, 'done');
    const told = applicants.flatMap(({ onboardingId }) => world.eventsOf(onboardingId));
    expect(told.map(({ type }) => type)).not.toContain('onboarding.parked.v1');
    await waitUntil('the circuit to close', () => toldOf(step).length > 1);
    expect(toldOf(step).map(({ state }) => state)).toEqual(['opened', 'closed']);
  });
});

it('an endpoint that fails for one applicant alone holds up nobody else, and parks that one', async () => {
  const bad = await world.begin(async (_, steps) => {
    await steps.repeatable('poisoned', async () => {
      throw new StepFailure('not-done', 'server_error');
    });
    return world.done({});
  });
  const good = await world.begin(async (_, steps) => {
    await steps.repeatable('poisoned', async () => ({}));
    return world.done({});
  });
  await world.next(good, 'done');
  expect((await world.next(bad, 'parked')).data).toMatchObject({ code: 'attempts_exhausted' });
  expect(toldOf('poisoned')).toEqual([]);
});

function toldOf(step: string): { readonly state: string }[] {
  return world.circuits.filter((told) => told.step === step);
}
