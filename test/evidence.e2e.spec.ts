import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Doubtful } from './doubtful.js';
import { losses, lostAnswers, type LostAnswer } from './lost-answers.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { doubledEffects, effects, type Effect } from './sandbox-ledger.js';
import type { Submitted } from './submitted.js';
import { waitUntil } from './wait-until.js';

const timeLimitMs = 90_000;
const created = 'webhook:customer.created';
const verificationSubmitted = 'webhook:verification.submitted';

let pipeline: TestPipeline;

beforeAll(async () => {
  pipeline = await startTestPipeline(
    {
      STAGE_CALL_LIMIT_MS: '4000',
      STAGE_SETTLE_MS: '6000',
      STAGE_RETRY_TOTAL_MS: '20000',
      STAGE_EVIDENCE_MS: '6000',
      STAGE_ATTEMPTS_MAX: '3',
      STAGE_LEASE_MS: '12000',
      SANDBOX_WALLET_DELAY_MS: '100',
      SANDBOX_ACTIVATION_DELAY_MS: '100',
    },
    { replicas: 2 },
  );
  begun = new Map(stories.map(({ title, run }) => [title, settled(run())]));
  await Promise.all(begun.values());
}, 240_000);
afterAll(() => pipeline.close());

/** What happens to one applicant; all of them at the same time, for each waits for much the same. */
interface Story {
  readonly title: string;
  run(): Promise<void>;
}

/**
 * One call of each kind of step whose look-up is a list. Only two applicants each have that list failing: of a third one's the
 * circuit would open, and park nobody.
 */
const unseen = lostAnswers.filter(
  ({ step, looksAt }, index) =>
    looksAt?.startsWith('list') === true && lostAnswers.findIndex((other) => other.step === step) === index,
);

/** How the ledger names what a call made, and a result the id of it. */
const made: Readonly<Record<string, { readonly kind: string; readonly id?: string }>> = {
  addEmployee: { kind: 'employee', id: 'userId' },
  addDirector: { kind: 'director' },
  addShareholder: { kind: 'shareholder' },
  uploadDocument: { kind: 'document', id: 'documentId' },
  activateIndividual: { kind: 'activation' },
};

let begun: Map<string, Promise<unknown>>;

const stories: readonly Story[] = [
  {
    title: 'a webhook that comes before the answer is missed is used, and nothing is called again',
    async run() {
      const early = individual('evidence-early');
      const submitted = await early.submit(lose({ kind: 'late-effect', delayMs: 10 }));
      await activated(submitted);
      expect(await early.calls('registerIndividual')).toHaveLength(1);
    },
  },
  {
    title: 'a webhook that comes twice is used once',
    async run() {
      const twice = individual('evidence-twice');
      await activated(await twice.submit(lose(), { endpoint: created, kind: 'duplicate', times: 1 }));
      expect(await twice.calls('registerIndividual')).toHaveLength(1);
    },
  },
  {
    title: 'a webhook that comes after the repeat was refused is used all the same',
    async run() {
      const late = individual('evidence-late');
      const delayed = { endpoint: created, kind: 'delay', delayMs: 12_000, times: 1 };
      await activated(await late.submit(lose(), delayed));
      expect(await late.calls('registerIndividual')).toHaveLength(2);
    },
  },
  {
    title: 'without a webhook it is in doubt, and goes on with the customer that a human names',
    async run() {
      const never = individual('evidence-never');
      const submitted = await never.submit(lose(), dropped(created));
      await submitted.until('parked', 'in_doubt', timeLimitMs);
      const customerId = await customerOf(never);
      const result = { customerId };
      expect(await submitted.command('resolve', { step: 'register', hasHappened: true, result })).toBe(
        'applied',
      );
      await activated(submitted);
      expect(await never.calls('registerIndividual')).toHaveLength(2);
    },
  },
  {
    title: "somebody else's customer with the e-mail is a final no, where no call of ours is open",
    async run() {
      const known = individual('somebody');
      await activated(await known.submit());
      const again = await known.submitAgainAs('somebody-again');
      await again.until('rejected', 'already_a_customer', timeLimitMs);
    },
  },
  {
    title:
      "somebody else's customer from just before our call is never taken, though our call's answer is lost",
    async run() {
      const wanted = individual('contested');
      const ours = await wanted.submit({
        endpoint: 'registerIndividual',
        kind: 'rate-limit',
        times: 1,
        delayMs: 4_000,
      });
      await waitUntil('our first call', async () => (await registrations(wanted)) === 1, timeLimitMs);
      const theirs = await wanted.submitAgainAs('contested-by-another');
      await waitUntil('their customer', async () => (await customersOf(wanted)).length === 1, timeLimitMs);
      await wanted.strike(lose());
      await ours.until('parked', 'in_doubt', timeLimitMs);
      await activated(theirs);
      const answer = await ours.command('resolve', { step: 'register', hasHappened: false });
      expect(answer).toBe('applied');
      await ours.until('rejected', 'already_a_customer', timeLimitMs);
    },
  },
  {
    title:
      'Where an answer was lost and FinHub offers no way to find out, the onboarding is parked as *in doubt*; the pipeline never guesses.',
    async run() {
      const opened = individual('unsubmitted');
      const submitted = await opened.submit(
        { endpoint: 'openVerification', kind: 'lost-answer', times: 1 },
        dropped(verificationSubmitted),
      );
      await submitted.until('parked', 'in_doubt', timeLimitMs);
      const [verification] = await effects(pipeline, `verification:${await customerOf(opened)}`);
      const result = { verificationId: verification?.objectIds[0] };
      const step = 'open-verification';
      expect(await submitted.command('resolve', { step, hasHappened: true })).toBe('result_missing');
      expect(await submitted.command('resolve', { step, hasHappened: true, result })).toBe('applied');
      await activated(submitted);
      expect(await opened.calls('openVerification')).toHaveLength(1);
    },
  },
  {
    title:
      'an unopened verification that cannot be looked for is in doubt, and opened when a human says that it is not',
    async run() {
      const unopened = individual('unopened');
      const submitted = await unopened.submit({ endpoint: 'openVerification', kind: 'hang', times: 1 });
      const mend = await unopened.strike({ endpoint: 'checkIndividualReadiness', kind: 'outage' });
      await submitted.until('parked', 'in_doubt', timeLimitMs);
      await removeFault(mend);
      const said = { step: 'open-verification', hasHappened: false };
      expect(await submitted.command('resolve', said)).toBe('applied');
      await activated(submitted);
      expect(await unopened.calls('openVerification')).toHaveLength(2);
    },
  },
  {
    title: 'a webhook of an opened verification that comes before the answer is missed, and twice, is used',
    async run() {
      const early = individual('opened-early');
      const submitted = await early.submit(
        { endpoint: 'openVerification', kind: 'late-effect', times: 1, delayMs: 10 },
        { endpoint: verificationSubmitted, kind: 'duplicate', times: 1 },
      );
      await activated(submitted);
      expect(await early.calls('openVerification')).toHaveLength(1);
    },
  },
  {
    title:
      'a webhook of an opened verification that comes after it was looked for in vain is used all the same',
    async run() {
      const late = individual('opened-late');
      const submitted = await late.submit(
        { endpoint: 'openVerification', kind: 'lost-answer', times: 1 },
        { endpoint: verificationSubmitted, kind: 'delay', times: 1, delayMs: 12_000 },
      );
      await activated(submitted);
      expect((await submitted.standing()).timeline).toContainEqual(
        expect.objectContaining({ step: 'open-verification', code: 'waiting_for_evidence' }),
      );
      expect(await late.calls('openVerification')).toHaveLength(1);
    },
  },
  ...losses.map(({ name, fault, calls }) => ({
    title: `an opened verification, ${name}, is looked for, and told from one that is not there`,
    async run() {
      const person = individual(`opens-${fault}`);
      await activated(
        await person.submit({ endpoint: 'openVerification', kind: fault, times: 1, delayMs: 4_500 }),
      );
      expect(await person.calls('openVerification')).toHaveLength(calls);
    },
  })),
  ...[
    { kind: 'rate-limit', atLeastMs: 6_000 },
    // A date has whole seconds.
    { kind: 'rate-limit-date', atLeastMs: 5_000 },
  ].map(({ kind, atLeastMs }) => ({
    title: `an applicant for whom FinHub asks to wait (${kind}) is not heard of before, though a webhook comes`,
    async run() {
      const asked = individual(`waits-${kind}`);
      const submitted = await asked.submit(
        { endpoint: 'uploadDocument', kind, times: 1, delayMs: 6_000 },
        { endpoint: verificationSubmitted, kind: 'delay', times: 1, delayMs: 2_000 },
      );
      await activated(submitted);
      const [refused] = await asked.calls('uploadDocument');
      const next = await asked.nextAfterFirst('uploadDocument');
      expect(next?.operation).toBe('uploadDocument');
      expect((next?.at ?? NaN) - (refused?.at ?? NaN)).toBeGreaterThanOrEqual(atLeastMs);
    },
  })),
  ...unseen.flatMap((lost) => [true, false].map((hasHappened) => storyOf(lost, hasHappened))),
];

describe('evidence, and where there is none', () => {
  test.each(stories)('$title', async ({ title }) => {
    const outcome = await begun.get(title);
    if (outcome instanceof Error) throw outcome;
  });
});

test('no effect of any of them happened twice', async () => {
  expect(await doubledEffects(pipeline)).toEqual([]);
});

function storyOf({ operation, kind, looksAt }: LostAnswer, hasHappened: boolean): Story {
  const then = hasHappened ? 'goes on as a human tells of it' : 'made when a human says that it was not';
  return {
    title: `${operation} that cannot be looked for is in doubt, and ${then}`,
    async run() {
      const doubtful = new Doubtful(pipeline, `${operation}-${hasHappened}`.toLowerCase(), kind);
      const submitted = await doubtful.submit({
        endpoint: operation,
        kind: hasHappened ? 'lost-answer' : 'hang',
        times: 1,
      });
      const mend = await doubtful.strike({ endpoint: looksAt ?? '', kind: 'outage' });
      const { step = '' } = await submitted.until('parked', 'in_doubt', timeLimitMs);
      await removeFault(mend);
      const object = await madeFor(doubtful, operation, step);
      expect(object !== undefined).toBe(hasHappened);
      const id = made[operation]?.id;
      const result = id === undefined || !hasHappened ? {} : { result: { [id]: object?.objectIds[0] } };
      expect(await submitted.command('resolve', { step, hasHappened, ...result })).toBe('applied');
      await activated(submitted);
      const objects = operation === 'uploadDocument' ? doubtful.documentsCount : 1;
      expect(await doubtful.calls(operation)).toHaveLength(hasHappened ? objects : objects + 1);
    },
  };
}

/** What the call of the step has made: documents are the verification's, and have our id in their name. */
async function madeFor(doubtful: Doubtful, operation: string, step: string): Promise<Effect | undefined> {
  const whose = operation === 'uploadDocument' ? step.replace('upload:', '') : await customerOf(doubtful);
  const all = await effects(pipeline, `${made[operation]?.kind ?? ''}:`);
  return all.find(({ key }) => key.includes(whose));
}

function individual(name: string): Doubtful {
  return new Doubtful(pipeline, name);
}

function lose(how: { readonly kind?: string; readonly delayMs?: number } = {}) {
  return { endpoint: 'registerIndividual', kind: 'lost-answer', times: 1, ...how };
}

function dropped(endpoint: string) {
  return { endpoint, kind: 'drop' };
}

async function activated(submitted: Submitted): Promise<void> {
  expect((await submitted.until('activated', undefined, timeLimitMs)).iban).toMatch(/^LT/u);
}

async function registrations(doubtful: Doubtful): Promise<number> {
  return (await doubtful.calls('registerIndividual')).length;
}

async function customersOf({ email }: Doubtful): Promise<string[]> {
  const registered = await effects(pipeline, `register:${pipeline.access.tenantId}:${email}`);
  return registered.flatMap(({ objectIds }) => objectIds);
}

async function customerOf(doubtful: Doubtful): Promise<string> {
  const [customerId] = await customersOf(doubtful);
  if (customerId === undefined) throw new Error(`FinHub has no customer ${doubtful.email}.`);
  return customerId;
}

async function removeFault(id: string): Promise<void> {
  await fetch(`${pipeline.access.sandboxUrl ?? ''}/_sandbox/faults/${id}`, { method: 'DELETE' });
}

function settled(promise: Promise<void>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}
