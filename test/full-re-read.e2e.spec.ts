import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { allContracts } from '#contracts/all-contracts.js';
import { onboardingState } from '#contracts/operational-topics.js';
import { onboardingRequested } from '#contracts/requested.js';
import { stageServices } from '../tools/setup/services.js';
import { applicantNamed } from './example-applicants.js';
import { connectTestKafka, type TestKafka } from './kafka.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { publishRequest } from './publish-request.js';
import { effects, type Effect } from './sandbox-ledger.js';
import { Submitted, type Standing } from './submitted.js';
import { waitUntil } from './wait-until.js';

const timeLimitMs = 120_000;
const waitsForOfficer = ['waiting', 'waiting_for_verification'] as const;

/** Who is onboarded, and how it ends. */
const ends = new Map([
  ['person', 'activated'],
  ['company', 'activated'],
  ['doubtful+lost-answer', 'parked'],
  ['cancelled', 'cancelled'],
  ['no+kyc-rejected', 'rejected'],
  ['erased', 'erased'],
]);

/** A service that reads topics, and which. */
interface Reader {
  readonly name: string;
  readonly groupId: string;
  readonly topics: readonly string[];
}

/** All that can be seen from outside. */
interface Picture {
  readonly ledger: readonly Effect[];
  /** With their timelines. */
  readonly standings: readonly Standing[];
  readonly parked: unknown;
  readonly deadLetters: readonly unknown[];
  readonly eventIds: ReadonlyMap<string, ReadonlySet<string>>;
  /** What the compacted topic says last of each onboarding; null is a tombstone. */
  readonly states: ReadonlyMap<string | null, unknown>;
}

let pipeline: TestPipeline;
let kafka: TestKafka;
let database: pg.Client;
let before: Picture;
let after: Picture;
const onboardings = new Map<string, Submitted>();

beforeAll(async () => {
  pipeline = await startTestPipeline({
    FINHUB_APPROVAL: 'wait',
    STAGE_CALL_LIMIT_MS: '2000',
    STAGE_SETTLE_MS: '500',
    STAGE_EVIDENCE_MS: '1000',
  });
  kafka = await connectTestKafka(pipeline.access.brokers.split(','));
  database = new pg.Client({ connectionString: pipeline.access.databaseUrl });
  await database.connect();
  await liveThroughAllEnds();
  const readers = await findReaders();
  await waitUntil('all to be quiet', () => isQuiet(readers), timeLimitMs);
  before = await takePicture();
  await Promise.all(readers.map(forgetOffsets));
  await waitUntil('all to be read again', () => isQuiet(readers), timeLimitMs);
  after = await takePicture();
}, 4 * timeLimitMs);
afterAll(async () => {
  await database.end();
  await kafka.close();
  await pipeline.close();
});

describe('when every service reads all of its topics again from the beginning', () => {
  test('nothing more happens at FinHub', () => {
    expect(before.ledger).not.toHaveLength(0);
    expect(after.ledger).toEqual(before.ledger);
  });

  test('no event is told but what was told already, with the same id', () => {
    expect(after.eventIds).toEqual(before.eventIds);
  });

  test('every onboarding stands where it stood, with the same timeline, and the same work is parked', () => {
    expect(before.standings.map(({ state }) => state)).toEqual([...ends.values()]);
    expect(before.deadLetters).not.toHaveLength(0);
    const { standings, parked, deadLetters } = after;
    expect({ standings, parked, deadLetters }).toEqual({
      standings: before.standings,
      parked: before.parked,
      deadLetters: before.deadLetters,
    });
  });

  test('who was erased stays erased, on the topic of states too', () => {
    expect(before.states.get(onboardings.get('erased')?.id ?? '')).toBeNull();
    expect(after.states).toEqual(before.states);
  });
});

/** One onboarding for every end, a record that nobody can read, and a request that is refused. */
async function liveThroughAllEnds(): Promise<void> {
  for (const [name, state] of ends) {
    const kind = name === 'company' ? 'organization' : undefined;
    const onboarding = await Submitted.submit(pipeline, applicantNamed(name, kind));
    onboardings.set(name, onboarding);
    if (state !== 'parked') await onboarding.until(...waitsForOfficer);
    if (state === 'activated' || state === 'rejected') await onboarding.command('approve');
    if (state === 'cancelled') await onboarding.command('cancel');
    if (state === 'erased') await onboarding.command('erase');
    await onboarding.until(state);
  }
  const { requestId } = applicantNamed('person');
  await publishRequest(kafka, pipeline.access.tenantId, { ...applicantNamed('somebody-else'), requestId });
  await kafka.publish(onboardingRequested.topic, [{ key: 'who knows', value: 'no JSON' }]);
  const isAnswered = async () => {
    const ids = await idsByTopic();
    return ids.get('onboarding.refused.v1')?.size === 1 && ids.get('onboarding.dead-letter.v1')?.size === 1;
  };
  await waitUntil('the refusal and the dead letter', isAnswered, timeLimitMs);
}

async function findReaders(): Promise<readonly Reader[]> {
  const { groups } = await kafka.admin.listGroups();
  const found = [...stageServices, 'tracker'].map(async (name) => {
    const own = groups.filter(({ groupId }) => groupId.startsWith(`onboarding-${name}`));
    expect(own).toHaveLength(1);
    const groupId = own[0]?.groupId ?? '';
    const topics = (await kafka.admin.fetchOffsets({ groupId })).map(({ topic }) => topic);
    expect(topics.length).toBeGreaterThan(1);
    return { name, groupId, topics };
  });
  return Promise.all(found);
}

/**
 * A group is deleted, with its offsets, while nobody is in it: when its process has ended and the next is not up yet. Where
 * the next one was quicker it is ended as well: each time it takes longer to come back.
 */
async function forgetOffsets({ name, groupId }: Reader): Promise<void> {
  const isForgotten = async () => {
    await pipeline.shutDown(name);
    return kafka.admin.deleteGroups([groupId]).then(
      () => true,
      () => false,
    );
  };
  await waitUntil(`${groupId} to be forgotten`, isForgotten, timeLimitMs);
}

/** All is read, and nobody works on anything or has anything to tell. */
async function isQuiet(readers: readonly Reader[]): Promise<boolean> {
  for (const reader of readers) if (!(await hasReadAll(reader))) return false;
  const busy = stageServices.flatMap((stage) => [
    `SELECT FROM ${stage}.stage_run WHERE state = 'active'`,
    `SELECT FROM ${stage}.outbox`,
  ]);
  const { rowCount } = await database.query(busy.join(' UNION ALL '));
  return rowCount === 0;
}

async function hasReadAll({ groupId, topics }: Reader): Promise<boolean> {
  for (const topic of topics) {
    const committed = await kafka.committedOffsets(groupId, topic);
    for (const { partition, high } of await kafka.admin.fetchTopicOffsets(topic))
      if (Number(high) > Math.max(committed.get(partition) ?? 0, 0)) return false;
  }
  return true;
}

async function takePicture(): Promise<Picture> {
  const standings = [...onboardings.values()].map((onboarding) => onboarding.standing());
  const { rows } = await database.query<object>('SELECT * FROM tracker.dead_letter');
  const states = await kafka.readTopic(onboardingState.topic);
  return {
    ledger: await effects(pipeline),
    standings: await Promise.all(standings),
    parked: (await pipeline.call('GET', '/v1/ops/parked')).body,
    deadLetters: rows,
    eventIds: await idsByTopic(),
    states: new Map(states.map(({ key, value }) => [key, value && dataOf(value)])),
  };
}

/** The ids of the events on each topic but that of states, each once. */
async function idsByTopic(): Promise<Map<string, Set<string>>> {
  const topics = allContracts.map(({ topic }) => topic).filter((topic) => topic !== onboardingState.topic);
  const ids = new Map<string, Set<string>>();
  for (const topic of topics) {
    const values = (await kafka.readTopic(topic)).map(({ value }) => String(value));
    ids.set(topic, new Set(values.map((value) => /"id":"([^"]*)"/u.exec(value)?.[1] ?? value)));
  }
  return ids;
}

function dataOf(value: Buffer): unknown {
  return (JSON.parse(value.toString()) as { data: unknown }).data;
}
