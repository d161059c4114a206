import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { generateVaultKeys } from '#vault/vault-keys.js';
import { startKafka, type LocalKafka } from '../tools/local/kafka.js';
import { startPostgres, type LocalPostgres } from '../tools/local/postgres.js';
import { projectRoot, stateDirectory } from '../tools/local/project-root.js';
import { decideSources } from '../tools/pipeline/sources.js';
import { urlForService } from '../tools/setup/services.js';
import { applicantNamed } from './example-applicants.js';
import { onboard } from './onboard.js';
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

const secrets = { ...generateVaultKeys(), SERVICE_DATABASE_PASSWORD: 'which-the-roles-have' };

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
  const tenantsFile = join(directory, 'tenants.json');
  writeFileSync(tenantsFile, JSON.stringify([finhub.settings, finhub.secondSettings]));
  const env = {
    ...secrets,
    DATABASE_URL: postgres.url,
    KAFKA_BROKERS: kafka.brokers,
    FINHUB_TENANTS_FILE: tenantsFile,
  };
  pipeline = await startTestPipeline(env, { sources: decideSources(env) });
}, 90_000);

afterAll(async () => {
  await pipeline.close();
  await Promise.all([postgres.stop(), kafka.stop(), finhub.close()]);
  rmSync(directory, { recursive: true });
}, 30_000);

test("analytics' example reads the real topics and prints the funnel of what happened", async () => {
  const ofSecondTenant = pipeline.withKey(await keyOfSecondTenant());
  const [ona, rejected, baltic] = await Promise.all([
    Submitted.submit(pipeline, applicantNamed('ona')),
    Submitted.submit(pipeline, applicantNamed('zoe+conflict')),
    Submitted.submit(ofSecondTenant, applicantNamed('baltic', 'organization')),
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
  expect(await effects('activation:')).toHaveLength(2);
});

test('each tenant of FINHUB_TENANTS_FILE has its customers registered as its own, with its own credentials', async () => {
  const { settings, secondSettings } = finhub;
  expect(await effects(`register:${settings.tenantId}:`)).toHaveLength(1);
  expect(await effects(`register:${secondSettings.tenantId}:`)).toHaveLength(1);
});

test('where the environment names the secrets of the database and the vault, those stay what they are', async () => {
  const { SERVICE_DATABASE_PASSWORD: password, ...keys } = secrets;
  const client = new pg.Client({ connectionString: urlForService(postgres.url, 'gateway', password) });
  await client.connect();
  await client.end();
  expect(pipeline.vaultSettings()).toEqual(keys);
});

async function keyOfSecondTenant(): Promise<string> {
  const wanted = ['--tenant', finhub.secondSettings.tenantId, '--name', 'second', '--scopes', 'submit,read'];
  return (await onboard(pipeline, ['keys', 'create', ...wanted], 'every-tenant')).stdout.trim();
}

/** What happened at FinHub, each once. */
async function effects(prefix: string): Promise<readonly object[]> {
  const ledger = await fetch(`${finhub.settings.baseUrl}/_sandbox/ledger?prefix=${prefix}`);
  const { effects } = (await ledger.json()) as { effects: { count: number }[] };
  expect(effects.every(({ count }) => count === 1)).toBe(true);
  return effects;
}
