import kafkajs from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import type { TopicDefinition } from '#contracts/topics.js';

/** What {@link setUpTopics} found. `differences` has one sentence for each topic, or setting of the brokers, that is not as it should be. */
export interface TopicsReport {
  readonly created: readonly string[];
  readonly differences: readonly string[];
}

/**
 * Creates the topics that are missing. An existing topic is never changed: partitions cannot be taken away, and another
 * retention destroys data; where it differs the report says so.
 */
export async function setUpTopics(
  admin: kafkajs.Admin,
  definitions: readonly TopicDefinition[],
): Promise<TopicsReport> {
  const existing = new Set(await admin.listTopics());
  const missing = definitions.filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0) {
    const replicationFactor = Math.min(3, (await admin.describeCluster()).brokers.length);
    const wanted = missing.map((definition) => ({
      topic: definition.topic,
      numPartitions: definition.partitions,
      replicationFactor,
      configEntries: Object.entries(definition.config).map(([name, value]) => ({ name, value })),
    }));
    await makeTopics(admin, wanted);
  }
  const present = definitions.filter(({ topic }) => existing.has(topic));
  const differences = [
    ...(await differencesOf(admin, present)),
    ...(await forgetfulness(admin, definitions)),
  ];
  return { created: missing.map(({ topic }) => topic), differences };
}

const leadersLimitMs = 60_000;

/**
 * Creates topics, and resolves when every partition has a leader. The wait of kafkajs itself rejects where the broker that
 * it asks has not heard of the topic yet, as happens when brokers are busy.
 */
async function makeTopics(admin: kafkajs.Admin, topics: readonly kafkajs.ITopicConfig[]): Promise<void> {
  await admin.createTopics({ waitForLeaders: false, timeout: 30_000, topics: [...topics] });
  const deadline = performance.now() + leadersLimitMs;
  for (;;) {
    const found = await admin
      .fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) })
      .catch((error: unknown) => (performance.now() < deadline ? undefined : Promise.reject(error as Error)));
    const partitions = found?.topics.flatMap((topic) => topic.partitions) ?? [];
    if (partitions.length > 0 && partitions.every(({ leader }) => leader >= 0)) return;
    if (performance.now() > deadline)
      throw new Error('A partition of a new topic has no leader: look at the brokers.');
    await delay(50);
  }
}

async function differencesOf(
  admin: kafkajs.Admin,
  definitions: readonly TopicDefinition[],
): Promise<string[]> {
  if (definitions.length === 0) return [];
  const topics = definitions.map(({ topic }) => topic);
  const { topics: found } = await admin.fetchTopicMetadata({ topics });
  const partitions = new Map(found.map(({ name, partitions: list }) => [name, list.length]));
  const configs = await configsOf(admin, topics);
  return definitions.flatMap((definition) => {
    const { topic } = definition;
    const wrong = Object.entries(definition.config)
      .filter(([name, value]) => configs.get(topic)?.get(name) !== value)
      .map(([name, value]) => `${name} is ${configs.get(topic)?.get(name) ?? 'unknown'}, not ${value}`);
    const count = partitions.get(topic) ?? 0;
    if (count !== definition.partitions) wrong.push(`partitions are ${count}, not ${definition.partitions}`);
    return wrong.length === 0 ? [] : [`Topic ${topic} differs: ${wrong.join('; ')}.`];
  });
}

const minuteMs = 60_000;

/**
 * A group that was stopped for longer than `offsets.retention.minutes` (7 days unless set) has forgotten where it was: it
 * reads on from the oldest record, and cannot know whether retention has passed it. Without the right to ask, nothing is said.
 */
async function forgetfulness(
  admin: kafkajs.Admin,
  definitions: readonly TopicDefinition[],
): Promise<string[]> {
  const { brokers } = await admin.describeCluster();
  const name = String(brokers[0]?.nodeId);
  const setting = 'offsets.retention.minutes';
  const resource = { type: kafkajs.ConfigResourceTypes.BROKER, name, configNames: [setting] };
  const answer = await admin
    .describeConfigs({ includeSynonyms: false, resources: [resource] })
    .catch(() => undefined);
  const remembered = Number(answer?.resources[0]?.configEntries[0]?.configValue);
  const kept = definitions.map(({ config }) => Math.ceil(Number(config['retention.ms'] ?? 0) / minuteMs));
  const needed = Math.max(...kept);
  if (!(remembered < needed)) return [];
  return [
    `The brokers forget a stopped group's offsets sooner than its topics: ${setting} is ${remembered}, not ${needed} or more.`,
  ];
}

async function configsOf(
  admin: kafkajs.Admin,
  topics: readonly string[],
): Promise<Map<string, Map<string, string>>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
}
