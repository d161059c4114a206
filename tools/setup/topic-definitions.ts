import { topics } from '#contracts/topics.js';
import type { TopicDefinition } from './topics.js';

/** The topics that the contracts name. */
export const topicDefinitions: readonly TopicDefinition[] = topics();
