import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Switchboard } from '../tools/chaos/switchboard.js';
import { stateDirectory } from '../tools/local/project-root.js';
import { databaseServices } from '../tools/setup/services.js';
import { applicantNamed } from './example-applicants.js';
import { connectTestKafka, type TestKafka } from './kafka.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { publishRequest } from './publish-request.js';
import { runProgram } from './run-program.js';
import { doubledEffects, effects } from './sandbox-ledger.js';
import { Submitted } from './submitted.js';
import { waitUntil } from './wait-until.js';

const timeLimitMs = 240_000;
const waitsForOfficer = ['waiting', 'waiting_for_verification'] as const;
const directory = join(stateDirectory, 'test', `restored-${process.pid}-${randomUUID().slice(0, 8)}`);
/** Holds services back, so that they stay down. */
const switchboard = new Switchboard(directory);

let pipeline: TestPipeline;
let kafka: TestKafka;
let admin: pg.Client;
let name: string;

beforeAll(async () => {
  const short = { STAGE_CALL_LIMIT_MS: '2000', STAGE_SETTLE_MS: '500', STAGE_EVIDENCE_MS: '1000' };
  pipeline = await startTestPipeline({ FINHUB_APPROVAL: 'wait', ...short }, { interference: switchboard });
  kafka = await connectTestKafka(pipeline.access.brokers.split(','));
  const url = new URL(pipeline.access.databaseUrl);
  name = url.pathname.slice(1);
  url.pathname = '/template1';
  admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
}, 120_000);
afterAll(async () => {
  await admin.end();
  await kafka.close();
  await pipeline.close();
  switchboard.close();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

test(
  'on a restored backup no stage starts before `npm run reconcile`; after it all go on, and nothing is done twice at FinHub',
  async () => {
    const company = await Submitted.submit(pipeline, applicantNamed('company', 'organization'));
    const approvedSince = await Submitted.submit(pipeline, applicantNamed('approved-since'));
    const rejectedSince = await Submitted.submit(pipeline, applicantNamed('rejected-since+kyc-rejected'));
    const cancelledSince = await Submitted.submit(pipeline, applicantNamed('cancelled-since'));
    for (const onboarding of [company, approvedSince, rejectedSince, cancelledSince])
      await onboarding.until(...waitsForOfficer);
    await stopServices();
    await admin.query(`CREATE DATABASE backup TEMPLATE ${name}`);
    startServices();

    // Of all this the backup knows nothing.
    await approve(approvedSince);
    const { iban } = await approvedSince.until('activated', undefined, timeLimitMs);
    await approve(rejectedSince);
    await rejectedSince.until('rejected');
    expect(await cancelledSince.command('cancel')).toBe('applied');
    await cancelledSince.until('cancelled');
    const waitingSince = await request('waiting-since');
    await waitingSince.until(...waitsForOfficer);
    const activatedSince = await request('activated-since');
    await activatedSince.until(...waitsForOfficer);
    await approve(activatedSince);
    await activatedSince.until('activated');

    await stopServices();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE backup`);
    switchboard.letStart('registration');
    await waitUntil('registration to refuse', () => logOf('registration').includes(refusal), 60_000);
    switchboard.holdBack('registration');
    const before = await effects(pipeline);

    const ran = await waitUntil('reconcile to find no stage running', reconcile, 60_000);
    expect(ran.stdout).toContain('The stages may go on');
    startServices();
    // No stage tells of these again: the tracker reads again what it had forgotten.
    await rejectedSince.until('rejected', undefined, timeLimitMs);
    await cancelledSince.until('cancelled', undefined, timeLimitMs);
    for (const onboarding of [company, waitingSince]) {
      await onboarding.until(...waitsForOfficer, timeLimitMs);
      await approve(onboarding);
    }
    for (const onboarding of [company, waitingSince, activatedSince])
      await onboarding.until('activated', undefined, timeLimitMs);
    expect(await approvedSince.until('activated', undefined, timeLimitMs)).toMatchObject({ iban });
    expect(await doubledEffects(pipeline)).toEqual([]);
    const made = (prefix: string, all: readonly { key: string }[]) =>
      all.filter(({ key }) => key.startsWith(prefix)).length;
    const after = await effects(pipeline);
    expect(made('register:', after)).toBe(made('register:', before));
    expect([made('activation:', before), made('activation:', after)]).toEqual([2, 4]);
  },
  timeLimitMs,
);

const refusal = 'the database is older than it was';

async function stopServices(): Promise<void> {
  for (const service of databaseServices) switchboard.holdBack(service);
  await Promise.all(databaseServices.map((service) => pipeline.shutDown(service)));
}

function startServices(): void {
  for (const service of databaseServices) switchboard.letStart(service);
}

/** By Kafka: what comes over HTTP lies in the vault alone, and is gone with it. */
async function request(requestId: string): Promise<Submitted> {
  const applicant = { ...applicantNamed(requestId), requestId };
  return Submitted.of(pipeline, await publishRequest(kafka, pipeline.access.tenantId, applicant));
}

/** A gateway that has just started may not be there yet. */
async function approve(onboarding: Submitted): Promise<void> {
  const isApplied = () =>
    onboarding.command('approve').then(
      (answer) => answer === 'applied',
      () => false,
    );
  await waitUntil(`${onboarding.id} to be approved`, isApplied, 60_000);
}

async function reconcile() {
  const { databaseUrl, brokers } = pipeline.access;
  const env = { DATABASE_URL: databaseUrl, KAFKA_BROKERS: brokers };
  const ran = await runProgram(['dist/tools/reconcile.js'], { env });
  return ran.exitCode === 0 ? ran : undefined;
}

function logOf(service: string): string {
  return [...pipeline.logs()].flatMap(([file, text]) => (file.startsWith(service) ? text : [])).join('\n');
}
