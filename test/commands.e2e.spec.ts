import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { onboardingCancelled } from '#contracts/events.js';
import { applicantNamed } from './example-applicants.js';
import { connectTestKafka, type TestKafka } from './kafka.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { publishRequest } from './publish-request.js';
import { doubledEffects, effects } from './sandbox-ledger.js';
import { Submitted } from './submitted.js';

const timeLimitMs = 60_000;
const waitsForOfficer = ['waiting', 'waiting_for_verification'] as const;

let pipeline: TestPipeline;
let kafka: TestKafka;

beforeAll(async () => {
  pipeline = await startTestPipeline({
    FINHUB_APPROVAL: 'wait',
    STAGE_ATTEMPTS_MAX: '2',
    STAGE_CALL_LIMIT_MS: '2000',
    STAGE_SETTLE_MS: '500',
    STAGE_EVIDENCE_MS: '1000',
  });
  kafka = await connectTestKafka(pipeline.access.brokers.split(','));
}, 90_000);
afterEach(async () => {
  await clearFaults();
  expect(await doubledEffects(pipeline)).toEqual([]);
});
afterAll(async () => {
  await kafka.close();
  await pipeline.close();
});

describe('while a verification waits', () => {
  test(
    'approve decides it, and the customer gets an IBAN; afterwards it is refused',
    async () => {
      const onboarding = await submit('approved');
      await onboarding.until(...waitsForOfficer);
      expect(await onboarding.command('approve')).toBe('applied');
      expect((await onboarding.until('activated')).iban).toMatch(/^LT/u);
      expect(await onboarding.command('approve')).toBe('already_ended');
      expect(await onboarding.command('cancel')).toBe('already_ended');
    },
    timeLimitMs,
  );

  test(
    'pause holds it, also when it is approved meanwhile, until resume',
    async () => {
      const onboarding = await submit('paused');
      await onboarding.until(...waitsForOfficer);
      expect(await onboarding.command('resume')).toBe('not_paused');
      expect(await onboarding.command('pause')).toBe('applied');
      await onboarding.until('paused');
      expect(await onboarding.command('approve')).toBe('applied');
      expect((await onboarding.standing()).state).toBe('paused');
      expect(await onboarding.command('resume')).toBe('applied');
      await onboarding.until('activated');
    },
    timeLimitMs,
  );

  test(
    'cancel ends it and says what remains at FinHub',
    async () => {
      const onboarding = await submit('cancelled');
      await onboarding.until(...waitsForOfficer);
      const [verification] = (await effects(pipeline, 'verification:')).slice(-1);
      expect(await onboarding.command('cancel')).toBe('applied');
      await onboarding.until('cancelled');
      const { remains } = await dataOf(onboardingCancelled.topic, onboarding);
      expect(remains).toContainEqual({
        step: 'open-verification',
        isKnown: true,
        result: { verificationId: verification?.objectIds[0] },
      });
    },
    timeLimitMs,
  );
});

describe('what is parked because FinHub fails', () => {
  test(
    'goes on where it stopped by replay, once FinHub is mended',
    async () => {
      await addFault({ endpoint: 'acceptIndividualConsent', kind: 'error-before', status: 500 });
      const onboarding = await submit('replayed');
      await onboarding.until(...waitsForOfficer);
      expect(await onboarding.command('replay')).toBe('not_parked');
      await onboarding.command('approve');
      await onboarding.until('parked', 'attempts_exhausted');
      // Answered here, it is nothing that the next stage would obey.
      expect(await onboarding.command('pause')).toBe('already_parked');
      expect(await parkedIds()).toContain(onboarding.id);
      await clearFaults();
      expect(await onboarding.command('replay')).toBe('applied');
      await onboarding.until('activated');
      expect(await parkedIds()).not.toContain(onboarding.id);
    },
    timeLimitMs,
  );

  test(
    'goes on with a corrected value, unless an earlier stage has used the old one',
    async () => {
      await addFault({ endpoint: 'addDirector', kind: 'error-before', status: 500 });
      const onboarding = await submit('corrected', 'organization');
      await onboarding.until('parked', 'attempts_exhausted');
      await clearFaults();
      expect(await onboarding.correct('/organization/email', 'other@corrected.example.test')).toBe(
        'correction_refused',
      );
      expect(await onboarding.correct('/directors/0/person/email', 'right@corrected.example.test')).toBe(
        'applied',
      );
      await onboarding.until(...waitsForOfficer);
      const [director] = (await effects(pipeline, 'director:')).slice(-1);
      expect(director?.key).toMatch(/:right@corrected\.example\.test$/u);
      expect(await onboarding.command('cancel')).toBe('applied');
      await onboarding.until('cancelled');
    },
    timeLimitMs,
  );

  test(
    'keeps its request when a correction would change a step that is done',
    async () => {
      await addFault({ endpoint: 'addDirector', kind: 'error-before', status: 500 });
      const onboarding = await submit('uncorrected', 'organization');
      await onboarding.until('parked', 'attempts_exhausted');
      await clearFaults();
      expect(await onboarding.correct('/employees/0/position', 'Treasurer')).toBe('correction_refused');
      await onboarding.until('parked');
      expect(await onboarding.command('replay')).toBe('applied');
      await onboarding.until(...waitsForOfficer);
    },
    timeLimitMs,
  );
});

describe('what is in doubt because an answer was lost', () => {
  test(
    'goes on with what a human found at FinHub',
    async () => {
      const onboarding = await submit('found+lost-answer');
      await onboarding.until('parked', 'in_doubt');
      const [registered] = await effects(pipeline, `register:${pipeline.access.tenantId}:found`);
      const customerId = registered?.objectIds[0];
      const result = { customerId, userId: customerId };
      expect(await onboarding.command('resolve', { step: 'settle', hasHappened: true, result })).toBe(
        'unknown_step',
      );
      expect(await onboarding.command('resolve', { step: 'register', hasHappened: true, result })).toBe(
        'applied',
      );
      await onboarding.until(...waitsForOfficer);
      await onboarding.command('approve');
      await onboarding.until('activated');
      expect(await onboarding.command('resolve', { step: 'register', hasHappened: true, result })).toBe(
        'already_ended',
      );
    },
    timeLimitMs,
  );

  test(
    'is called again where a human says that it did not happen, and FinHub has the last word',
    async () => {
      const onboarding = await submit('unfound+lost-answer');
      await onboarding.until('parked', 'in_doubt');
      expect(await onboarding.command('resolve', { step: 'register', hasHappened: false })).toBe('applied');
      await onboarding.until('rejected', 'already_a_customer');
    },
    timeLimitMs,
  );
});

describe('erase', () => {
  test(
    'is refused under hold, then cancels and forgets; the same request over HTTP or Kafka revives nobody',
    async () => {
      const applicant = applicantNamed('erased');
      const onboarding = await Submitted.submit(pipeline, applicant);
      await onboarding.until(...waitsForOfficer);
      await onboarding.hold();
      expect(await onboarding.command('erase')).toBe('on_hold');
      expect((await onboarding.standing()).state).toBe('waiting');
      await onboarding.release();
      expect(await onboarding.command('erase')).toBe('applied');
      await onboarding.until('erased');

      const before = await effects(pipeline);
      const { requestId, request } = applicant;
      expect((await pipeline.call('POST', '/v1/onboardings', { requestId, request })).status).toBe(410);
      await publishRequest(kafka, pipeline.access.tenantId, applicant);
      const next = await submit('after-the-erased');
      await next.until(...waitsForOfficer);
      expect((await onboarding.standing()).state).toBe('erased');
      const registered = (await effects(pipeline)).filter(({ key }) => key.includes(':erased@'));
      expect(registered).toEqual(before.filter(({ key }) => key.includes(':erased@')));
    },
    timeLimitMs,
  );
});

function submit(name: string, kind?: 'organization'): Promise<Submitted> {
  return Submitted.submit(pipeline, applicantNamed(name, kind));
}

function addFault(fault: object): Promise<unknown> {
  return pipeline.tellSandbox('/_sandbox/faults', fault);
}

async function clearFaults(): Promise<void> {
  await fetch(`${pipeline.access.sandboxUrl ?? ''}/_sandbox/faults`, { method: 'DELETE' });
}

async function parkedIds(): Promise<string[]> {
  const { body } = await pipeline.call('GET', '/v1/ops/parked');
  return (body['items'] as { onboardingId: string }[]).map(({ onboardingId }) => onboardingId);
}

async function dataOf(topic: string, { id }: Submitted): Promise<Record<string, unknown>> {
  const records = (await kafka.readTopic(topic)).filter(({ key }) => key === id);
  expect(records).toHaveLength(1);
  return (JSON.parse(String(records[0]?.value)) as { data: Record<string, unknown> }).data;
}
