import { allContracts } from './all-contracts.js';
import { onboardingDeadLetter, onboardingState } from './operational-topics.js';
import { onboardingRequested } from './requested.js';

/** How a topic is to be made; what `config` does not name is the broker's default. */
export interface TopicDefinition {
  readonly topic: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

const dayMs = 24 * 3_600_000;

/** `LogAppendTime`: a record with an old timestamp of its own would be deleted within seconds. */
const everyTopic = { 'message.timestamp.type': 'LogAppendTime', 'compression.type': 'uncompressed' };
const kept = (days: number) => ({ 'cleanup.policy': 'delete', 'retention.ms': String(days * dayMs) });

const configs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  /** The only topic that may hold personal data is kept the shortest time: an open segment would outlive it by a week. */
  [onboardingRequested.topic]: { ...kept(7), 'segment.ms': String(dayMs) },
  /** Compacted within a day, so that a tombstone after an erasure takes effect. */
  [onboardingState.topic]: {
    'cleanup.policy': 'compact',
    'max.compaction.lag.ms': String(dayMs),
    'segment.ms': String(dayMs),
  },
  /** A record of the broker's default limit grows when it is sealed and encoded. */
  [onboardingDeadLetter.topic]: { ...kept(90), 'max.message.bytes': String(4 * 1024 * 1024) },
};

/** Every topic of the pipeline, from the contracts: intake 7 days, facts and commands 90 days, state compacted. */
export function topics(partitions = 3): readonly TopicDefinition[] {
  return allContracts.map(({ topic }) => ({
    topic,
    partitions,
    config: { ...everyTopic, ...(configs[topic] ?? kept(90)) },
  }));
}
