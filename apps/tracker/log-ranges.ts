import type { Admin } from 'kafkajs';
import type { Logger } from 'pino';
import { kafkaClient, type KafkaSettings } from '#stage/kafka-client.js';
import type { Topics } from './topics.js';

/** What a partition holds: from `low` on, up to before `high`. */
export interface LogRange {
  readonly topic: string;
  readonly partition: number;
  readonly low: string;
  readonly high: string;
}

/** Asks Kafka how far the topics reach. Connects with the first question. */
export class LogRanges {
  private admin: Promise<Admin> | undefined;

  constructor(
    private readonly parts: {
      readonly kafka: KafkaSettings;
      readonly topics: Topics;
      readonly logger: Logger;
    },
  ) {}

  /** The ranges of every partition of every topic that is read. */
  async read(): Promise<readonly LogRange[]> {
    this.admin ??= this.connect();
    const admin = await this.admin;
    const topics = [...this.parts.topics.read.keys()];
    const perTopic = await Promise.all(
      topics.map(async (topic) => {
        const partitions = await admin.fetchTopicOffsets(topic);
        return partitions.map(({ partition, low, high }) => ({ topic, partition, low, high }));
      }),
    );
    return perTopic.flat();
  }

  async stop(): Promise<void> {
    await (await this.admin)?.disconnect();
  }

  private async connect(): Promise<Admin> {
    const admin = kafkaClient(this.parts.kafka, { retries: 5, logger: this.parts.logger }).admin();
    try {
      await admin.connect();
    } catch (error) {
      this.admin = undefined;
      throw error;
    }
    return admin;
  }
}
