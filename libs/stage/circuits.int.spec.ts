import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { metricsText } from '#platform/metrics.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../test/kafka.js';
import { StageWorld, type StageProcess, type TestHandler } from '../../test/stage-world.js';
import { waitUntil } from '../../test/wait-until.js';
import { StepFailure } from './failure.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let kafka: TestKafka;
let world: StageWorld;
let stage: StageProcess;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
  world = await StageWorld.open({ database, kafka, tables: 'registration' });
  stage = await world.startProcess();
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
  it('parks nobody, is probed by one call at a time, and is told of by one event, health and metrics; all go on when it is well', async () => {
    const step = `read-${trouble}`;
    const endpoint = new Endpoint(failure);
    const read: TestHandler = async (__, steps) => {
      await steps.repeatable(step, () => endpoint.call());
      return world.done({});
    };
    const applicants = Array.from({ length: 10 }, () => world.newOnboarding(read));
    await world.publish(...applicants);
    await waitUntil('the circuit to open', () => toldOf(step).length > 0);
    // More than an applicant has attempts (3), were they counted.
    await waitUntil('some probes', () => endpoint.probes >= 5, 30_000);
    expect(endpoint.probesAtOnce).toBe(1);
    expect(toldOf(step)).toMatchObject([{ state: 'opened', step, trouble }]);
    expect(stage.note).toBe(`calls are held back: ${step} (${trouble})`);
    expect(await openCircuitsAt(step)).toBe(1);

    endpoint.isWell = true;
    for (const { onboardingId } of applicants) await world.next(onboardingId, 'done');
    const told = applicants.flatMap(({ onboardingId }) => world.eventsOf(onboardingId));
    expect(told.map(({ type }) => type)).not.toContain('onboarding.parked.v1');
    await waitUntil('the circuit to close', () => toldOf(step).length > 1);
    expect(toldOf(step).map(({ state }) => state)).toEqual(['opened', 'closed']);
    expect(stage.note).toBeUndefined();
    expect(await openCircuitsAt(step)).toBe(0);
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

/** Answers soon, but for its first call and the first probe: when that first one fails, the probe is still under way. */
class Endpoint {
  isWell = false;
  probes = 0;
  /** At the most. */
  probesAtOnce = 0;
  private calls = 0;
  private probing = 0;

  constructor(private readonly failure: StepFailure) {}

  async call(): Promise<object> {
    this.calls += 1;
    // The circuit is open: whoever calls is a probe.
    if (stage.note === undefined) await this.answerAfter(this.calls === 1 ? 300 : 10);
    else await this.probe();
    return {};
  }

  private async probe(): Promise<void> {
    this.probes += 1;
    this.probing += 1;
    this.probesAtOnce = Math.max(this.probesAtOnce, this.probing);
    await this.answerAfter(this.probes === 1 ? 800 : 10).finally(() => (this.probing -= 1));
  }

  private async answerAfter(ms: number): Promise<void> {
    await delay(ms);
    if (!this.isWell) throw this.failure;
  }
}

async function openCircuitsAt(step: string): Promise<number> {
  const line = new RegExp(`^onboarding_open_circuits\\{.*step="${step}".*\\} (\\d+)$`, 'mu');
  return Number(line.exec(await metricsText())?.[1] ?? NaN);
}

function toldOf(step: string): { readonly state: string }[] {
  return world.circuits.filter((told) => told.step === step);
}
