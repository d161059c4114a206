import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { onboardingErased } from '#contracts/command-events.js';
import { onboardingDeadLetter } from '#contracts/operational-topics.js';
import { onboardingRequested } from '#contracts/requested.js';
import { holds, plantCanaries } from './canaries.js';
import { fullIndividual, fullOrganization } from './full-requests.js';
import { connectTestKafka, type TestKafka } from './kafka.js';
import { onboard } from './onboard.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { publishRequest } from './publish-request.js';
import { runProgram } from './run-program.js';
import { Submitted } from './submitted.js';
import { inOrder, publishUnreadable, toldBy, type ToldRecord } from './unreadable.js';
import { waitUntil } from './wait-until.js';

type DeadLetter = ToldRecord & Readonly<Record<'id' | 'consumer', string>>;

const intake = onboardingRequested.topic;
const timeLimitMs = 300_000;

let pipeline: TestPipeline;
let kafka: TestKafka;
let pool: pg.Pool;
/** Every personal value of the applicants of this spec, their IBANs included. */
const canaries: string[] = [];
let onboardings: Submitted[];
/** What their dead letters have to tell. */
let unreadable: ToldRecord[];

beforeAll(async () => {
  pipeline = await startTestPipeline({ LOG_LEVEL: 'debug' });
  kafka = await connectTestKafka(pipeline.access.brokers.split(','));
  pool = new pg.Pool({ connectionString: pipeline.access.databaseUrl, max: 1 });
  unreadable = await submitUnreadable();
  await submitRefused();
  onboardings = [await overHttp(), await overKafka()];
  for (const onboarding of onboardings) canaries.push((await onboarding.until('activated')).iban ?? 'none');
  await tellTooMuch();
  await waitUntil(
    'the dead letters',
    async () => (await kafka.readTopic(onboardingDeadLetter.topic)).length >= unreadable.length,
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

  test("no log has a personal value, not even at level debug, and neither has Postgres' nor Kafka's", () => {
    const found = [...pipeline.logs()].map(([name, text]) => [name, canariesIn(text)] as const);
    expect(found.filter(([, values]) => values.length > 0)).toEqual([]);
    expect([...pipeline.logs().keys()]).toEqual(expect.arrayContaining(['postgres.log', 'kafka.log']));
    expect(found.length).toBeGreaterThanOrEqual(10);
  });

  // Traces: trace.e2e.spec.ts. What the SDK seals: libs/vault/sealing/sealed-message.spec.ts.
});

test(
  'who has the intake key opens what nobody could read, a megabyte of garbage too, byte for byte, with two commands of ops',
  async () => {
    const ops = (...args: string[]) => onboard(pipeline, args, 'every-tenant');
    const listed = await waitUntil('all dead letters', async () => {
      const letters = JSON.parse((await ops('dead-letters', '--json')).stdout) as DeadLetter[];
      return letters.length >= 2 * unreadable.length && letters;
    });
    // Each reader tells of each, and of nothing else: requests straight on Kafka are none to all of them.
    for (const reader of ['registration', 'tracker']) {
      const letters = listed.filter(({ consumer }) => consumer === reader);
      expect(inOrder(letters)).toEqual(
        unreadable.map(({ key: _, value: __, ...told }) => expect.objectContaining(told)),
      );
    }
    expect(listed).toHaveLength(2 * unreadable.length);
    const [garbage] = unreadable;
    const letter = listed.find(({ offset }) => offset === garbage?.offset);
    if (letter === undefined) throw new Error('the megabyte has no dead letter');
    const env = pipeline.vaultSettings();
    const input = (await ops('dead-letter', letter.id)).stdout;
    const { stdout } = await runProgram(['dist/tools/open-dead-letter.js'], { env, input });
    expect(toldBy(letter, Buffer.from(stdout))).toEqual(garbage);
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
    const { stdout } = await onboard(pipeline, ['erase', person.id]);
    expect(stdout).toMatch(/^erase applied by activation\nPLACE +FOUND\n/u);
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
  const { requestId, request } = fullIndividual('canary-individual');
  return Submitted.submit(pipeline, { requestId, request: planted(request, '11') });
}

async function overKafka(): Promise<Submitted> {
  const { requestId, request } = fullOrganization('canary-organization');
  const line = { requestId, request: planted(request, '22') };
  return Submitted.of(pipeline, await publishRequest(kafka, pipeline.access.tenantId, line));
}

/** The request with a canary in each personal field: what is looked for from then on. */
function planted<Request>(request: Request, seed: string): Request {
  const { request: itself, canaries: own } = plantCanaries(request, seed);
  canaries.push(...own);
  return itself;
}

/** Values that break rules are personal all the same. */
async function submitRefused(): Promise<void> {
  const { requestId, request } = fullOrganization('canary-refused');
  canaries.push('Canary33Unknown');
  const body = { requestId, request: { ...planted(request, '33'), Canary33Unknown: 'Canary33Unknown' } };
  expect((await pipeline.call('POST', '/v1/onboardings', body)).status).toBe(422);
}

/** Of what FinHub has, ops may tell ids. */
async function tellTooMuch(): Promise<void> {
  const result = { customerId: 'c', email: 'canary55told@example.test' };
  canaries.push(result.email);
  const path = `/v1/ops/onboardings/${onboardings[0]?.id ?? ''}/commands`;
  const said = { command: 'resolve', step: 'register', hasHappened: true, result, why: 'seen at FinHub' };
  expect((await pipeline.call('POST', path, said)).status).toBe(422);
}

/** Nothing that can be read, with a person in it. */
async function submitUnreadable(): Promise<ToldRecord[]> {
  const key = 'Canary44Unreadable';
  canaries.push(key);
  const { type } = onboardingRequested;
  const ids = { tenantid: pipeline.access.tenantId, requestid: 'unreadable', applicantkind: 'individual' };
  const valid = JSON.stringify({
    specversion: '1.0',
    id: '1',
    source: key,
    type,
    ...ids,
    data: { request: {} },
  });
  return publishUnreadable(kafka, intake, { key, valid });
}
