import kafkajs from 'kafkajs';
import { onboardingCommand } from '#contracts/commands.js';
import { onboardingRequested } from '#contracts/requested.js';
import { garbageHeader } from '../witness/seen.js';
import type { GeneratedApplicant } from './applicants.js';
import { Random } from './random.js';

/** What an upstream, and somebody with an admin client, does to the broker; by its own listener, with no proxy between. */
export class KafkaHands {
  private readonly admin: kafkajs.Admin;
  private readonly producer: kafkajs.Producer;

  private constructor(brokers: readonly string[]) {
    const kafka = new kafkajs.Kafka({
      clientId: 'chaos',
      brokers: [...brokers],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 30 },
    });
    this.admin = kafka.admin();
    this.producer = kafka.producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
    });
  }

  static async connect(brokers: readonly string[]): Promise<KafkaHands> {
    const hands = new KafkaHands(brokers);
    await Promise.all([hands.admin.connect(), hands.producer.connect()]);
    return hands;
  }

  /** Publishes a request inline. True when Kafka has acknowledged it; a no may be in the log all the same. */
  async request(tenantId: string, applicant: GeneratedApplicant): Promise<boolean> {
    const { requestId, onboardingId, applicantKind, request } = applicant;
    const { type, topic } = onboardingRequested;
    const value = JSON.stringify({
      specversion: '1.0',
      id: requestId,
      source: 'chaos',
      type,
      tenantid: tenantId,
      requestid: requestId,
      applicantkind: applicantKind,
      data: { request },
    });
    return this.send(topic, { key: onboardingId, value });
  }

  /** A record that nobody can read, marked for the witness. */
  async garbage(topic: string, seed: number): Promise<boolean> {
    const random = new Random(`garbage ${seed}`);
    const value = random.pick(garbageKinds)(topic, random);
    return this.send(topic, { key: `garbage-${seed}`, value, headers: { [garbageHeader]: '1' } });
  }

  /** Sets a group back to the beginning of all its topics. Rejects while it has members. */
  async resetOffsets(groupId: string): Promise<void> {
    const topics = await this.admin.fetchOffsets({ groupId });
    for (const { topic } of topics) await this.admin.resetOffsets({ groupId, topic, earliest: true });
  }

  /** How many members a group has that is at rest; 0 while it shares its partitions anew, and while Kafka is away. */
  async members(groupId: string): Promise<number> {
    const [group] = await this.admin.describeGroups([groupId]).then(
      ({ groups }) => groups,
      () => [],
    );
    return group?.state === 'Stable' ? group.members.length : 0;
  }

  /** The sum of all ends of all topics: it stands still when nothing is published. */
  async recordCount(): Promise<number> {
    let count = 0;
    for (const topic of (await this.admin.listTopics()).filter((name) => !name.startsWith('__')))
      for (const { high } of await this.admin.fetchTopicOffsets(topic)) count += Number(high);
    return count;
  }

  async close(): Promise<void> {
    await Promise.all([this.admin.disconnect(), this.producer.disconnect()]);
  }

  /** `send` may resolve without having written: only an entry without error is an acknowledgement. */
  private async send(topic: string, message: kafkajs.Message): Promise<boolean> {
    try {
      const answer = await this.producer.send({ topic, messages: [message], acks: -1 });
      return answer.some(({ errorCode, baseOffset }) => errorCode === 0 && Number(baseOffset) >= 0);
    } catch {
      return false;
    }
  }
}

const garbageKinds: readonly ((topic: string, random: Random) => Buffer | string | null)[] = [
  () => null,
  () => '',
  () => '{"firstName": "',
  () => '{"specversion":"1.0"}',
  () => Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  (_topic, random) => 'x'.repeat(random.between(1, 200_000)),
  (topic) => JSON.stringify({ specversion: '1.0', id: '1', type: `${topic}.other`, data: {} }),
  (topic, random) => `[${topic === onboardingCommand.topic ? '"\\u0000"' : '{}'},${random.between(1, 9)}]`,
];
