import type { TopicDefinition } from './topics.js';

export const topicDefinitions: readonly TopicDefinition[] = await import(
  '#contracts/topics.js' as string
).then(
  (found: { topics: readonly TopicDefinition[] }) => found.topics,
  () => [],
);
