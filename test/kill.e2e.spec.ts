import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stageServices } from '../tools/setup/services.js';
import { exampleApplicants } from './example-applicants.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { doubledEffects, effects } from './sandbox-ledger.js';
import { Submitted } from './submitted.js';
import { waitUntil } from './wait-until.js';

const applicantsCount = 20;
const timeLimitMs = 180_000;

/** What a stage has begun to do at FinHub when it is killed. */
const effectOf = {
  registration: 'register:',
  personnel: 'director:',
  verification: 'document:',
  consent: 'consent:',
  activation: 'activation:',
} as const;

let pipeline: TestPipeline;

beforeAll(async () => {
  pipeline = await startTestPipeline({ STAGE_LEASE_MS: '12000' });
  // Calls that take their time, so that each kill finds some of them under way.
  await pipeline.tellSandbox('/_sandbox/faults', { endpoint: '*', kind: 'delay', delayMs: 250 });
}, 90_000);
afterAll(() => pipeline.close());

test(
  'every service is killed while it works; every applicant gets an IBAN, and nothing happens twice at FinHub',
  async () => {
    const applicants = exampleApplicants()
      .filter(({ request, expect: expected }) => expected?.end === 'activated' && !isMagic(request))
      .slice(0, applicantsCount);
    expect(applicants).toHaveLength(applicantsCount);
    const submitted = await Promise.all(applicants.map((each) => Submitted.submit(pipeline, each)));

    const kills = stageServices.map(async (stage) => {
      await waitUntil(
        `${stage} to be at work`,
        async () => (await effects(pipeline, effectOf[stage])).length > 0,
        timeLimitMs,
      );
      await pipeline.killAndAwait(stage);
    });
    await Promise.all([
      ...kills,
      pipeline.killAndAwait('gateway').then(() => pipeline.killAndAwait('tracker')),
    ]);

    await waitUntil('all to be activated', () => areAllActivated(submitted), timeLimitMs);
    for (const each of submitted) expect((await each.standing()).iban).toMatch(/^LT/u);
    expect(await doubledEffects(pipeline)).toEqual([]);
    expect(await effects(pipeline, 'register:')).toHaveLength(applicantsCount);
    expect(await effects(pipeline, 'activation:')).toHaveLength(applicantsCount);
  },
  2 * timeLimitMs,
);

/** An e-mail with a `+tag` asks the sandbox for something else than an IBAN. */
function isMagic(request: object): boolean {
  return /"email":"[^"]*\+/u.test(JSON.stringify(request));
}

/** A gateway that is on its way back does not answer: that is no answer, not a no. */
async function areAllActivated(submitted: readonly Submitted[]): Promise<boolean> {
  try {
    const standings = await Promise.all(submitted.map((each) => each.standing()));
    return standings.every(({ state }) => state === 'activated');
  } catch {
    return false;
  }
}
