import kafkajs from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import type { TopicDefinition } from '#contracts/topics.js';

/** What {@link setUpTopics} found. `differences` has one sentence for each topic that is not as it should be. */
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
  return { created: missing.map(({ topic }) => topic), differences: await differencesOf(admin, present) };
}

const leadersLimitMs = 60_000;

/**
 * Creates topics, and resolves when every partition has a leader. The wait of kafkajs itself rejects where the broker that
 * it asks has not heard of the topic yet, as happens when brokers are busy.
 */
async function makeTopics(
  admin: kafkajs.Admin,
  topics: readonly kafkajs.ITopicConfig[],
): Promise<void> {
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
