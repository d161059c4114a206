import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval as every } from 'node:timers/promises';
import { pino } from 'pino';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { Publisher } from '#stage/kafka-producer.js';
import { startKafkaCluster, type KafkaCluster } from '../tools/local/kafka-cluster.js';
import { stateDirectory } from '../tools/local/project-root.js';
import { createTestDatabase } from './database.js';
import { connectTestKafka, type TestKafka } from './kafka.js';
import { StageWorld } from './stage-world.js';
import { waitUntil } from './wait-until.js';

const partitions = 6;
const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
const roundMs = 100;
const timeLimitMs = 240_000;
const directory = join(stateDirectory, 'test', `cluster-${process.pid}`);

let cluster: KafkaCluster;
let kafka: TestKafka;
let world: StageWorld;
let publisher: Publisher;
let topic: string;
/** What is to be closed, also where the rest did not start. */
const opened: (() => Promise<unknown>)[] = [];

/** What Kafka has acknowledged, as `key:number`. */
const acknowledged = new Set<string>();
const calls = new Map<string, number>();
const onboardings: OnboardingEvent[] = [];
/** Who has led each partition, as far as was looked. */
const leaders = new Map<number, Set<number>>();

beforeAll(async () => {
  cluster = await startKafkaCluster({ directory });
  opened.push(() => cluster.stop());
  const database = await createTestDatabase();
  opened.push(() => database.close());
  kafka = await connectTestKafka(cluster.brokers.split(','));
  opened.push(() => kafka.close());
  topic = await kafka.createTopic('numbered', { partitions });
  world = await StageWorld.open({ database, kafka, tables: 'registration', partitions: 3 });
  // A client that is still about to leave would look for its brokers for ever.
  opened.push(() => waitUntil('the stage to have left', hasStageLeft, timeLimitMs));
  opened.push(() => world.close());
  await world.startProcess();
  publisher = new Publisher({ brokers: kafka.brokers, clientId: 'spec' }, pino({ level: 'silent' }));
  opened.push(() => publisher.stop());
  await publisher.start();
  await publishWhile(breakTheBrokers());
  await waitUntil('the stage to end all of its work', isStageDone, timeLimitMs);
}, 2 * timeLimitMs);
afterAll(async () => {
  const failures: unknown[] = [];
  for (const close of opened.toReversed()) await close().catch((error: unknown) => failures.push(error));
  rmSync(directory, { recursive: true, force: true });
  expect(failures).toEqual([]);
}, timeLimitMs);

describe('while each of three brokers is killed or restarted, and leadership moves on by command', () => {
  test('every partition is led by one broker after another', () => {
    expect(leaders.size).toBe(partitions);
    for (const nodeIds of leaders.values()) expect(nodeIds.size).toBeGreaterThan(1);
  });

  test('everything is acknowledged in the end, and all that is acknowledged can be read', async () => {
    const read = new Set((await kafka.readTopic(topic)).map(({ key, value }) => `${key}:${String(value)}`));
    expect([...acknowledged].filter((record) => !read.has(record))).toEqual([]);
    expect(read.size).toBe(acknowledged.size);
  });

  test('records of a key first appear in the order in which they were published', async () => {
    const records = await kafka.readTopic(topic);
    for (const key of keys) {
      const numbers = records.filter((record) => record.key === key).map(({ value }) => Number(value));
      const firstSeen = [...new Set(numbers)];
      expect(firstSeen).toEqual(firstSeen.map((_, index) => index));
    }
  });

  test('a stage loses no onboarding, calls nothing twice, and tells one event of each', async () => {
    const told = (await kafka.readTopic(world.topics.done)).map(({ key, value }) => ({
      key,
      ...(JSON.parse(String(value)) as { id: string; type: string }),
    }));
    for (const { onboardingId } of onboardings) {
      const events = told.filter(({ key }) => key === onboardingId);
      expect(new Set(events.map(({ type }) => type))).toEqual(new Set([world.done.type]));
      expect(new Set(events.map(({ id }) => id)).size).toBe(1);
      expect(calls.get(onboardingId)).toBe(1);
    }
  });
});

async function hasStageLeft(): Promise<boolean> {
  const { groups } = await kafka.admin.describeGroups([world.groupId]);
  return groups[0]?.members.length === 0;
}

/** Each in turn: two of three go on working meanwhile. */
async function breakTheBrokers(): Promise<void> {
  for (const nodeId of cluster.nodeIds) {
    await waitUntil('all replicas to be in step', areReplicasInStep, timeLimitMs);
    if (nodeId === 3) await cluster.shutDown(nodeId);
    else await cluster.kill(nodeId);
    await cluster.restart(nodeId);
  }
  await waitUntil('all replicas to be in step', areReplicasInStep, timeLimitMs);
  await moveLeaders();
}

/** Takes each partition's leader out of its replicas, so that another one leads. */
async function moveLeaders(): Promise<void> {
  const partitionAssignment = (await look()).map(({ partitionId, replicas, leader }) => ({
    partition: partitionId,
    replicas: replicas.filter((nodeId) => nodeId !== leader),
  }));
  await kafka.admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
  const isMoved = async () =>
    (await look()).every(({ partitionId, leader }) =>
      partitionAssignment.some((it) => it.partition === partitionId && it.replicas.includes(leader)),
    );
  await waitUntil('other leaders', isMoved, timeLimitMs);
}

/** Publishes the next number of every key, and a new onboarding, round after round until `work` is done. */
async function publishWhile(work: Promise<void>): Promise<void> {
  const over = { is: false };
  const ended = work.finally(() => (over.is = true));
  const pending: Promise<void>[] = [];
  let number = 0;
  for await (const _ of every(roundMs)) {
    if (over.is) break;
    pending.push(publishRound(number));
    number += 1;
  }
  await ended;
  await Promise.all(pending);
}

async function publishRound(number: number): Promise<void> {
  const records = keys.map((key) => ({ topic, key, value: String(number) }));
  const onboarding = newOnboarding();
  await Promise.all([
    publisher.publish(records),
    publisher.publish([
      { topic: world.topics.asked, key: onboarding.onboardingId, value: world.valueOf(onboarding) },
    ]),
  ]);
  for (const { key, value } of records) acknowledged.add(`${key}:${value}`);
}

function newOnboarding(): OnboardingEvent {
  const onboarding = world.newOnboarding(async ({ onboardingId }, steps) => {
    const call = async () => {
      calls.set(onboardingId, (calls.get(onboardingId) ?? 0) + 1);
      return {};
    };
    const find = async () =>
      calls.has(onboardingId) ? ({ state: 'present', result: {} } as const) : ({ state: 'absent' } as const);
    return world.done(await steps.once('register', call, { find, timeLimitMs: 1_000 }));
  });
  onboardings.push(onboarding);
  return onboarding;
}

async function isStageDone(): Promise<boolean> {
  const { rows } = await world.pool.query<{ passed: number; left: number }>(
    `SELECT (SELECT count(*)::int FROM stage_run WHERE state = 'passed') AS passed,
            (SELECT count(*)::int FROM outbox) AS left`,
  );
  return rows[0]?.passed === onboardings.length && rows[0].left === 0;
}

async function areReplicasInStep(): Promise<boolean> {
  return (await look()).every(({ isr }) => isr.length === cluster.nodeIds.length);
}

/** How the partitions stand; a look at brokers that are away tells nothing. */
async function look() {
  const { topics } = await kafka.admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }));
  const found = topics[0]?.partitions ?? [];
  for (const { partitionId, leader } of found) {
    const known = leaders.get(partitionId) ?? new Set();
    if (leader >= 0) leaders.set(partitionId, known.add(leader));
  }
  return found;
}
