import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Doubtful } from './doubtful.js';
import { losses, lostAnswers, type LostAnswer } from './lost-answers.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { doubledEffects, effects } from './sandbox-ledger.js';
import type { Submitted } from './submitted.js';

const callLimitMs = 2_000;
const settleMs = 1_500;
/** From the intent until its call reaches FinHub: a login may come between. */
const untilSentMs = 750;

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
}, 120_000);
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

let ended: Map<string, { doubtful: Doubtful; submitted: Submitted; end: Promise<string> }>;

beforeAll(async () => {
  const begun = await Promise.all(
    cases.map(async (each) => {
      const doubtful = new Doubtful(pipeline, each.name, each.kind);
      const { operation: endpoint, loss } = each;
      const delayMs = limitOf(each) + settleMs / 2;
      const submitted = await doubtful.submit({ endpoint, kind: loss.fault, times: 1, delayMs });
      const end = submitted.until('activated', undefined, 90_000).then(
        ({ iban }) => iban ?? 'no IBAN',
        (error: unknown) => String(error),
      );
      return [each.title, { doubtful, submitted, end }] as const;
    }),
  );
  ended = new Map(begun);
  await Promise.all([...ended.values()].map(({ end }) => end));
}, 120_000);

test.each(cases)(
  '$title: the customer gets an IBAN, and FinHub was asked only when nobody could be doing it',
  async (each) => {
    const found = ended.get(each.title);
    expect(await found?.end).toMatch(/^LT/u);
    const calls = (await found?.doubtful.calls(each.operation)) ?? [];
    const lostAt = calls[0]?.at ?? NaN;
    const looks = (await found?.doubtful.calls(...(each.looksAt === undefined ? [] : [each.looksAt]))) ?? [];
    const next = [...calls.slice(1), ...looks].filter(({ at }) => at > lostAt).map(({ at }) => at - lostAt);
    expect(calls).toHaveLength(callsOf(each, found?.doubtful));
    expect(Math.min(...next)).toBeGreaterThan(limitOf(each) + settleMs - untilSentMs);
  },
);

test('no effect of any of them happened twice', async () => {
  expect(await doubledEffects(pipeline)).toEqual([]);
  expect(await effects(pipeline, 'register:')).toHaveLength(cases.length);
  expect(await effects(pipeline, 'activation:')).toHaveLength(cases.length);
});

function caseOf(lost: LostAnswer, loss: (typeof losses)[number]): Case {
  const name = `${lost.operation}-${lost.kind}-${loss.fault}`.toLowerCase();
  return { ...lost, loss, title: `${lost.operation} of an ${lost.kind}, ${loss.name}`, name };
}

function limitOf({ timeLimitMs }: LostAnswer): number {
  return timeLimitMs ?? callLimitMs;
}

/** One call for each object, and one more where the lost one made none. */
function callsOf({ operation, loss }: Case, doubtful: Doubtful | undefined): number {
  const objects = operation === 'uploadDocument' ? (doubtful?.documentsCount ?? NaN) : 1;
  return objects + loss.calls - 1;
}
