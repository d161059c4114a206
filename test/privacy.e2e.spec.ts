import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { onboardingErased } from '#contracts/command-events.js';
import { onboardingDeadLetter } from '#contracts/operational-topics.js';
import { onboardingRequested } from '#contracts/requested.js';
import { holds, plantCanaries } from './canaries.js';
import { applicantNamed } from './example-applicants.js';
import { connectTestKafka, type TestKafka } from './kafka.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { publishRequest } from './publish-request.js';
import { runProgram } from './run-program.js';
import { Submitted } from './submitted.js';
import { waitUntil } from './wait-until.js';

const intake = onboardingRequested.topic;
const timeLimitMs = 300_000;

let pipeline: TestPipeline;
let kafka: TestKafka;
let pool: pg.Pool;
/** Every personal value of the applicants of this spec, their IBANs included. */
const canaries: string[] = [];
let onboardings: Submitted[];

beforeAll(async () => {
  pipeline = await startTestPipeline({ LOG_LEVEL: 'debug' });
  kafka = await connectTestKafka(pipeline.access.brokers.split(','));
  pool = new pg.Pool({ connectionString: pipeline.access.databaseUrl, max: 1 });
  await submitUnreadable();
  await submitRefused();
  onboardings = [await overHttp(), await overKafka()];
  for (const onboarding of onboardings) canaries.push((await onboarding.until('activated')).iban ?? 'none');
  await waitUntil(
    'the dead letter',
    async () => (await kafka.readTopic(onboardingDeadLetter.topic)).length > 0,
    timeLimitMs,
  );
}, timeLimitMs);
afterAll(async () => {
  await pool.end();
  await kafka.close();
  await pipeline.close();
});

describe('Personal data is in the vault, and on the intake topic where an upstream publishes there (sealed when it uses our SDK, short retention): in no other topic, commands and dead letters included, no log, metric, trace or other table. IBAN and passwords are personal data.', () => {
  test(
    'no topic but the intake has a personal value: not as key, value or header, also not of what was unreadable',
    async () => {
      const topics = (await kafka.admin.listTopics()).filter((topic) => !topic.startsWith('__'));
      const found = new Map<string, string[]>();
      for (const topic of topics) {
        const records = await kafka.readTopic(topic);
        const texts = records.map(({ key, value, headers }) =>
          [key, String(value), JSON.stringify(headers)].join('\n'),
        );
        found.set(topic, canariesIn(texts.join('\n')));
      }
      expect(found.get(intake)).not.toEqual([]);
      found.delete(intake);
      expect([...found].filter(([, values]) => values.length > 0)).toEqual([]);
      expect(found.size).toBeGreaterThan(10);
    },
    timeLimitMs,
  );

  test(
    "no table but the vault's has a personal value, and the vault's have it encrypted",
    async () => {
      const { rows } = await pool.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
          WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
      );
      const found: [string, string[]][] = [];
      for (const { name } of rows) {
        const table = await pool.query<{ row: string }>(`SELECT row_to_json(t)::text AS row FROM ${name} t`);
        const values = canariesIn(table.rows.map(({ row }) => row).join('\n'));
        if (values.length > 0) found.push([name, values]);
      }
      expect(found).toEqual([]);
      expect(rows.length).toBeGreaterThan(20);
    },
    timeLimitMs,
  );

  test('no metric has a personal value', async () => {
    const urls = [...pipeline.access.serviceUrls];
    const texts = urls.map(
      async ([part, url]) => [part, await (await fetch(`${url}/metrics`)).text()] as const,
    );
    const metrics = await Promise.all(texts);
    expect(metrics.filter(([, text]) => canariesIn(text).length > 0)).toEqual([]);
    expect(metrics.filter(([, text]) => !text.includes('# TYPE '))).toEqual([]);
    expect(metrics.length).toBeGreaterThanOrEqual(7);
  });

  test('no log has a personal value, not even at level debug', () => {
    const found = [...pipeline.logs()].map(([name, text]) => [name, canariesIn(text)] as const);
    expect(found.filter(([, values]) => values.length > 0)).toEqual([]);
    expect(found.length).toBeGreaterThanOrEqual(8);
  });

  // Traces: trace.e2e.spec.ts. What the SDK seals: libs/vault/sealing/sealed-message.spec.ts.
});

test(
  'who has the intake key opens a dead letter, byte for byte, with two commands of ops',
  async () => {
    const { gatewayUrl, everyTenantApiKey: key } = pipeline.access;
    const forCli = { GATEWAY_URL: gatewayUrl, ONBOARD_API_KEY: key };
    const onboard = (...args: string[]) => runProgram(['apps/cli/bin/onboard.mjs', ...args], { env: forCli });
    const listed = JSON.parse((await onboard('dead-letters', '--json')).stdout) as Record<
      'id' | 'topic' | 'reason',
      string
    >[];
    // Each reader tells of it, and of nothing else: a request straight on Kafka is one to all of them.
    expect(listed.map(({ topic, reason }) => `${topic} ${reason}`)).toEqual(
      Array<string>(2).fill(`${intake} not_json`),
    );
    const sealed = (await onboard('dead-letter', listed[0]?.id ?? '')).stdout;
    const env = pipeline.vaultSettings();
    const opened = await runProgram(['dist/tools/open-dead-letter.js'], { env, input: sealed });
    const { key: recordKey, value } = JSON.parse(opened.stdout) as Record<'key' | 'value', string>;
    expect(Buffer.from(recordKey, 'base64').toString()).toBe('Canary44Unreadable');
    expect(Buffer.from(value, 'base64').toString()).toBe('{"firstName": "Canary44Unreadable"');
  },
  timeLimitMs,
);

test(
  'Erasing a person is one command, and is proven.',
  async () => {
    const [person] = onboardings;
    if (person === undefined) throw new Error('nobody was onboarded');
    const sealed = () =>
      pool.query(
        `SELECT 'key' AS what FROM vault.admission WHERE onboarding_id = $1 AND num_nonnulls(wrapped_key,
           sealed_request, sealed_passwords, sealed_generated_password, sealed_iban, body_hash, email_hash) > 0
         UNION ALL SELECT 'document' FROM vault.document WHERE onboarding_id = $1
         UNION ALL SELECT 'chunk' FROM vault.document_chunk WHERE onboarding_id = $1
         UNION ALL SELECT 'correction' FROM vault.correction WHERE onboarding_id = $1`,
        [person.id],
      );
    expect((await sealed()).rowCount).toBeGreaterThan(0);
    expect(await person.command('erase')).toBe('applied');
    await person.until('erased');
    expect((await sealed()).rows).toEqual([]);
    expect((await person.standing()).iban).toBeUndefined();
    const told = (await kafka.readTopic(onboardingErased.topic)).map(({ value }) => String(value));
    const { data } = JSON.parse(told.find((text) => text.includes(person.id)) ?? '') as {
      data: { places: { place: string; found: string }[] };
    };
    expect(data.places.length).toBeGreaterThan(3);
    expect(data.places.every(({ place, found }) => place !== '' && found !== '')).toBe(true);
  },
  timeLimitMs,
);

function canariesIn(text: string): string[] {
  return canaries.filter((canary) => holds(text, canary));
}

async function overHttp(): Promise<Submitted> {
  const { requestId, request } = applicantNamed('canary-individual');
  const planted = plantCanaries(request, '11');
  canaries.push(...planted.canaries);
  return Submitted.submit(pipeline, { requestId, request: planted.request });
}

async function overKafka(): Promise<Submitted> {
  const { requestId, request } = applicantNamed('canary-organization', 'organization');
  const planted = plantCanaries(request, '22');
  canaries.push(...planted.canaries);
  const line = { requestId, request: planted.request };
  return Submitted.of(pipeline, await publishRequest(kafka, pipeline.access.tenantId, line));
}

/** Values that break rules are personal all the same. */
async function submitRefused(): Promise<void> {
  const { requestId, request } = applicantNamed('canary-refused');
  const planted = plantCanaries(request, '33');
  canaries.push(...planted.canaries, 'Canary33Unknown');
  const body = { requestId, request: { ...planted.request, Canary33Unknown: 'Canary33Unknown' } };
  expect((await pipeline.call('POST', '/v1/onboardings', body)).status).toBe(422);
}

/** Not JSON, with a person in it. */
async function submitUnreadable(): Promise<void> {
  canaries.push('Canary44Unreadable');
  await kafka.publish(intake, [{ key: 'Canary44Unreadable', value: '{"firstName": "Canary44Unreadable"' }]);
}
