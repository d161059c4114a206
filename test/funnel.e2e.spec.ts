import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startKafka, type LocalKafka } from '../tools/local/kafka.js';
import { startPostgres, type LocalPostgres } from '../tools/local/postgres.js';
import { projectRoot, stateDirectory } from '../tools/local/project-root.js';
import { decideSources } from '../tools/pipeline/sources.js';
import { applicantNamed } from './example-applicants.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { startSandbox, type SandboxProcess } from './sandbox-process.js';
import { Submitted } from './submitted.js';

/** All but how often somebody had to wait, which is a matter of time. */
const expected = `requested                                 3
registered                                2    67 %
staffed                                   1    33 %
verified                                  2    67 %
consented                                 2    67 %
activated                                 2    67 %

now activated                             2    67 %
now rejected                              1    33 %
now cancelled                             0     0 %
now parked                                0     0 %
now in progress                           0     0 %
  rejected: already_a_customer            1

not counted twice: 0 duplicates, 0 replays
not admitted: 0 refused requests
unreadable: 0 records

`;

const directory = join(stateDirectory, 'test', `funnel-${process.pid}`);
const services = ['activation', 'consent', 'gateway', 'personnel', 'registration', 'tracker', 'verification'];

let postgres: LocalPostgres;
let kafka: LocalKafka;
let finhub: SandboxProcess;
let pipeline: TestPipeline;

beforeAll(async () => {
  [postgres, kafka, finhub] = await Promise.all([
    startPostgres({ directory: join(directory, 'postgres'), isDurable: false }),
    startKafka({ directory: join(directory, 'kafka') }),
    startSandbox(),
  ]);
  const { settings } = finhub;
  const { tenantKey = '', tenantSecret = '' } = settings;
  const env = {
    DATABASE_URL: postgres.url,
    KAFKA_BROKERS: kafka.brokers,
    FINHUB_BASE_URL: settings.baseUrl,
    FINHUB_TENANT_ID: settings.tenantId,
    FINHUB_ORGANIZATION_ID: settings.organizationId,
    FINHUB_ADMIN_USER_ID: settings.adminUserId,
    FINHUB_ADMIN_USERNAME: settings.adminUsername,
    FINHUB_ADMIN_PASSWORD: settings.adminPassword,
    FINHUB_TENANT_KEY: tenantKey,
    FINHUB_TENANT_SECRET: tenantSecret,
    FINHUB_APPROVAL: settings.approval,
  };
  pipeline = await startTestPipeline(env, { sources: decideSources(env) });
}, 90_000);

afterAll(async () => {
  await pipeline.close();
  await Promise.all([postgres.stop(), kafka.stop(), finhub.close()]);
  rmSync(directory, { recursive: true });
}, 30_000);

test("analytics' example reads the real topics and prints the funnel of what happened", async () => {
  const [ona, rejected, baltic] = await Promise.all([
    Submitted.submit(pipeline, applicantNamed('ona')),
    Submitted.submit(pipeline, applicantNamed('zoe+conflict')),
    Submitted.submit(pipeline, applicantNamed('baltic', 'organization')),
  ]);
  await Promise.all([ona.until('activated'), baltic.until('activated'), rejected.until('rejected')]);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(projectRoot, 'dist', 'examples', 'funnel.js'), '--until-idle'],
    { env: { ...process.env, KAFKA_BROKERS: pipeline.access.brokers }, timeout: 30_000 },
  );
  const counted = stdout.split('\n').filter((line) => !line.startsWith('on the way'));
  expect(counted.join('\n')).toBe(expected);
}, 90_000);

test('where the environment names Postgres, Kafka and FinHub, those are used, and none is started', async () => {
  const { databaseUrl, brokers, sandboxUrl } = pipeline.access;
  expect([databaseUrl, brokers, sandboxUrl]).toEqual([postgres.url, kafka.brokers, undefined]);
  expect([...pipeline.logs().keys()].sort()).toEqual(services.map((service) => `${service}.log`));
  const ledger = await fetch(`${finhub.settings.baseUrl}/_sandbox/ledger?prefix=activation:`);
  expect((await ledger.json()) as object).toMatchObject({ effects: [{ count: 1 }, { count: 1 }] });
});
