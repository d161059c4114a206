import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onboardingCancelled } from '#contracts/events.js';
import { documentIdOf, onboardingIdOf } from '#contracts/onboarding-id.js';
import { stateDirectory } from '../tools/local/project-root.js';
import { applicantNamed } from './example-applicants.js';
import { connectTestKafka, type TestKafka } from './kafka.js';
import { onboard } from './onboard.js';
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
    STAGE_RETRY_TOTAL_MS: '6000',
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
    'approve decides it, and the customer gets an IBAN, which whoever watches from the submission on sees; afterwards it is refused',
    async () => {
      const onboarding = await submitFile('approved');
      const watching = onboard(pipeline, ['status', onboarding.id, '--watch']);
      await onboarding.until(...waitsForOfficer);
      expect(await given('approve', onboarding)).toBe('approve applied by verification');
      const { iban = 'none' } = await onboarding.until('activated');
      const watched = await watching;
      expect(watched.exitCode).toBe(0);
      expect(watched.stdout).toMatch(/^state +activated at activation/mu);
      expect(watched.stdout).toMatch(new RegExp(`^IBAN +${iban}$`, 'mu'));
      expect(watched.stdout).toMatch(
        / answered +command=approve +outcome=applied +by=\S+ +why=the spec asks$/mu,
      );
      const [registered] = await effects(pipeline, `register:${pipeline.access.tenantId}:approved@`);
      expect(await effects(pipeline, `activation:${registered?.objectIds[0] ?? ''}`)).toHaveLength(1);
      expect(await given('approve', onboarding)).toMatch(
        /^approve refused by activation \(already_ended\): /u,
      );
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
      expect(await given('pause', onboarding)).toBe('pause applied by verification');
      await onboarding.until('paused');
      expect(await onboarding.command('approve')).toBe('applied');
      expect((await onboarding.standing()).state).toBe('paused');
      expect(await given('resume', onboarding)).toBe('resume applied by verification');
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
      expect(await given('cancel', onboarding)).toBe('cancel applied by verification');
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

test(
  'documents of up to 20 MB come by themselves, before or after the request: verification waits for them, and FinHub gets exactly their bytes',
  async () => {
    const applicant = applicantNamed('large', 'organization');
    const { documents } = applicant.request as { documents: object[] };
    for (const id of ['early', 'late'])
      documents.push({ id, type: 'FINANCIAL_STATEMENTS', mimeType: 'application/pdf' });
    const early = pdf(5 * megabyte);
    const late = pdf(20 * megabyte);
    await put(`by-request/${applicant.requestId}/documents/early`, early);
    const onboarding = await Submitted.submit(pipeline, applicant);
    await onboarding.until('waiting', 'waiting_for_documents');
    await put(`${onboarding.id}/documents/late`, late);
    await onboarding.until(...waitsForOfficer);
    const received = (await effects(pipeline, 'document:')).map(({ key }) => key.split(':').slice(-3));
    for (const [id, bytes] of Object.entries({ early, late })) {
      const file = `${documentIdOf(onboarding.id, id)}.pdf`;
      expect(received).toContainEqual(['FINANCIAL_STATEMENTS', file, sha256(bytes).slice(0, 16)]);
    }
  },
  timeLimitMs,
);

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
      const row = new RegExp(
        `^${onboarding.id} +replayed +attempts_exhausted +consent +consent:terms +2 +500 \\S`,
        'mu',
      );
      expect((await onboard(pipeline, ['parked'])).stdout).toMatch(row);
      await clearFaults();
      expect(await given('replay', onboarding)).toBe('replay applied by consent');
      await onboarding.until('activated');
      expect((await onboard(pipeline, ['parked'])).stdout).not.toContain(onboarding.id);
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
      const set = (correction: string) => given('correct', onboarding, '--set', correction);
      expect(await set('/organization/email=other@corrected.example.test')).toMatch(
        /^correct refused by personnel \(correction_refused\): /u,
      );
      expect(await set('/directors/0/person/email=right@corrected.example.test')).toBe(
        'correct applied by personnel',
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
      expect(await given('correct', onboarding, '--set', '/employees/0/position=Treasurer')).toMatch(
        /^correct refused by personnel \(correction_refused\): /u,
      );
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
      const result = { customerId };
      expect(await onboarding.command('resolve', { step: 'settle', hasHappened: true, result })).toBe(
        'unknown_step',
      );
      const said = ['--step', 'register', '--happened', '--result', JSON.stringify(result)];
      expect(await given('resolve', onboarding, ...said)).toBe('resolve applied by registration');
      await onboarding.until(...waitsForOfficer);
      await onboarding.command('approve');
      await onboarding.until('activated');
      expect(await onboarding.command('resolve', { step: 'register', hasHappened: true, result })).toBe(
        'already_ended',
      );
    },
    timeLimitMs,
  );

  test.each([
    { what: 'director', kind: 'organization', operation: 'addDirector', list: 'listDirectors' },
    { what: 'shareholder', kind: 'organization', operation: 'addShareholder', list: 'listShareholders' },
    { what: 'document', kind: undefined, operation: 'uploadDocument', list: 'listIndividualDocuments' },
  ] as const)(
    'goes on with what a human found of a $what where FinHub cannot list it, and calls it once',
    async ({ what, kind, operation, list }) => {
      await addFault({ endpoint: operation, kind: 'lost-answer', times: 1 });
      await addFault({ endpoint: list, kind: 'error-before', status: 500 });
      const before = await effects(pipeline, `${what}:`);
      const onboarding = await submit(`unlisted-${what}`, kind);
      await onboarding.until('parked', 'in_doubt', timeLimitMs);
      const { step = '' } = await onboarding.standing();
      await clearFaults();
      const made = (await effects(pipeline, `${what}:`)).slice(before.length);
      expect(made).toHaveLength(1);
      expect(await given('resolve', onboarding, '--step', step, '--happened')).toBe(
        `resolve applied by ${kind === undefined ? 'verification' : 'personnel'}`,
      );
      await onboarding.until(...waitsForOfficer);
      const since = (await effects(pipeline, `${what}:`)).slice(before.length);
      expect(since.filter(({ key }) => key === made[0]?.key)).toEqual(made);
    },
    timeLimitMs,
  );

  test(
    'is called again where a human says that it did not happen, and FinHub has the last word',
    async () => {
      const onboarding = await submit('unfound+lost-answer');
      await onboarding.until('parked', 'in_doubt');
      const said = ['--step', 'register', '--did-not-happen'];
      expect(await given('resolve', onboarding, ...said)).toBe('resolve applied by registration');
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
      expect(await given('hold', onboarding)).toBe('held');
      expect(await onboarding.command('erase')).toBe('on_hold');
      expect((await onboarding.standing()).state).toBe('waiting');
      expect((await onboard(pipeline, ['release', onboarding.id])).stdout).toBe('released\n');
      expect(await given('erase', onboarding)).toMatch(
        /^erase applied by verification\nPLACE +FOUND\n(?:\S.* {2,}\S.*(?:\n|$)){4,}$/u,
      );
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

/** As an upstream without code does: by the command line, from a file. */
async function submitFile(name: string): Promise<Submitted> {
  const applicant = applicantNamed(name);
  const folder = join(stateDirectory, 'test', `commands-${process.pid}`);
  const file = join(folder, 'applicants.jsonl');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(applicant));
  const { exitCode, stdout } = await onboard(pipeline, ['submit', file]);
  rmSync(folder, { recursive: true });
  expect([exitCode, stdout]).toEqual([0, `${file}: 1 accepted, 0 refused of 1\n`]);
  return Submitted.of(pipeline, onboardingIdOf(pipeline.access.tenantId, applicant.requestId));
}

const megabyte = 1_024 * 1_024;

function pdf(bytes: number): Buffer {
  const head = Buffer.from('%PDF-1.7\n');
  return Buffer.concat([head, randomBytes(bytes - head.length)]);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function put(path: string, bytes: Buffer): Promise<void> {
  const { gatewayUrl, apiKey } = pipeline.access;
  const { status } = await fetch(`${gatewayUrl}/v1/onboardings/${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/pdf' },
    body: new Uint8Array(bytes),
  });
  expect(status).toBe(200);
}

/** Gives a command on the command line: what that says once a stage has answered, which its exit code agrees with. */
async function given(command: string, { id }: Submitted, ...options: string[]): Promise<string> {
  const { exitCode, stdout } = await onboard(pipeline, [command, id, '--why', 'the spec asks', ...options]);
  expect(exitCode).toBe(stdout.includes(' refused ') ? 1 : 0);
  return stdout.trimEnd();
}

function addFault(fault: object): Promise<unknown> {
  return pipeline.tellSandbox('/_sandbox/faults', fault);
}

async function clearFaults(): Promise<void> {
  await fetch(`${pipeline.access.sandboxUrl ?? ''}/_sandbox/faults`, { method: 'DELETE' });
}

async function dataOf(topic: string, { id }: Submitted): Promise<Record<string, unknown>> {
  const records = (await kafka.readTopic(topic)).filter(({ key }) => key === id);
  expect(records).toHaveLength(1);
  return (JSON.parse(String(records[0]?.value)) as { data: Record<string, unknown> }).data;
}
