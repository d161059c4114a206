import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Doubtful } from './doubtful.js';
import { losses, lostAnswers, type LostAnswer } from './lost-answers.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { doubledEffects, effects } from './sandbox-ledger.js';

const callLimitMs = 2_000;
const settleMs = 6_000;
/** From the intent until FinHub has read the call: what is not written within the time limit is never written. */
const untilSeenMs = callLimitMs + 500;

let pipeline: TestPipeline;

beforeAll(async () => {
  pipeline = await startTestPipeline(
    {
      FINHUB_VERIFICATION_CALL: 'customer-verification',
      STAGE_CALL_LIMIT_MS: String(callLimitMs),
      STAGE_SETTLE_MS: String(settleMs),
      STAGE_LEASE_MS: '12000',
      SANDBOX_WALLET_DELAY_MS: '100',
      SANDBOX_ACTIVATION_DELAY_MS: '100',
    },
    { replicas: 2 },
  );
  ended = await playAll();
}, 240_000);
afterAll(() => pipeline.close());

/** One applicant whose one answer is lost. */
interface Case extends LostAnswer {
  readonly loss: (typeof losses)[number];
  readonly title: string;
  readonly name: string;
}

const cases: readonly Case[] = lostAnswers
  .filter(({ verificationCall = 'customer-verification' }) => verificationCall === 'customer-verification')
  .flatMap((lost) => losses.map((loss) => caseOf(lost, loss)));

/** An applicant that has come to its end: its IBAN, or what it came to instead. */
interface Ended {
  readonly doubtful: Doubtful;
  readonly outcome: string;
}

let ended: ReadonlyMap<string, Ended>;

/** All at the same time: so they cost one settle time together. */
async function playAll(): Promise<ReadonlyMap<string, Ended>> {
  return new Map(await Promise.all(cases.map(async (each) => [each.title, await play(each)] as const)));
}

async function play(each: Case): Promise<Ended> {
  const doubtful = new Doubtful(pipeline, each.name, each.kind);
  const delayMs = limitOf(each) + 500;
  const fault = { endpoint: each.operation, kind: each.loss.fault, times: 1, delayMs };
  const outcome = await doubtful
    .submit(fault)
    .then((submitted) => submitted.until('activated', undefined, 120_000))
    .then(
      ({ iban }) => iban ?? 'no IBAN',
      (error: unknown) => String(error),
    );
  return { doubtful, outcome };
}

test.each(cases)(
  '$title: the customer gets an IBAN, and the next that FinHub hears of it is our look, when nobody can be doing the call',
  async (each) => {
    const { doubtful, outcome } = endedOf(each);
    expect(outcome).toMatch(/^LT/u);
    const calls = await doubtful.calls(each.operation);
    // A registration is repeated where its webhook has not come by then: FinHub refuses the second.
    if (each.step === 'register') expect(calls.length).toBeLessThanOrEqual(2);
    else expect(calls).toHaveLength(callsOf(each, doubtful));
    const next = await doubtful.nextAfterFirst(each.operation);
    if (each.looksAt !== undefined) expect(next?.operation).toBe(each.looksAt);
    expect((next?.at ?? NaN) - (calls[0]?.at ?? NaN)).toBeGreaterThan(limitOf(each) + settleMs - untilSeenMs);
  },
);

test('no effect of any of them happened twice', async () => {
  expect(await doubledEffects(pipeline)).toEqual([]);
  expect(await effects(pipeline, 'register:')).toHaveLength(cases.length);
  expect(await effects(pipeline, 'activation:')).toHaveLength(cases.length);
});

function caseOf(lost: LostAnswer, loss: (typeof losses)[number]): Case {
  const name = `${lost.operation}-${loss.fault}-${lost.kind.slice(0, 3)}`.toLowerCase();
  return { ...lost, loss, title: `${lost.operation} of an ${lost.kind}, ${loss.name}`, name };
}

function endedOf({ title }: Case) {
  const found = ended.get(title);
  if (found === undefined) throw new Error(`${title} was never submitted`);
  return found;
}

function limitOf({ timeLimitMs }: LostAnswer): number {
  return timeLimitMs ?? callLimitMs;
}

/** One call for each object, and one more where the lost one made none. */
function callsOf({ operation, loss }: Case, doubtful: Doubtful | undefined): number {
  const objects = operation === 'uploadDocument' ? (doubtful?.documentsCount ?? NaN) : 1;
  return objects + loss.calls - 1;
}
