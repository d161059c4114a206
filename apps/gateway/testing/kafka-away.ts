import type { OutgoingRecord } from '#stage/kafka-producer.js';
import type { GatewayPublisher } from '../gateway.js';

/** A publisher whose Kafka is away until `comeBack()`; it keeps what it was given, as the real one does. */
export class KafkaAway implements GatewayPublisher {
  readonly acknowledged: OutgoingRecord[] = [];
  private waiting: (() => void)[] = [];
  private isAway = true;

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  get backlog(): number {
    return this.waiting.length;
  }

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.isAway) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.acknowledged.push(...records);
  }

  comeBack(): void {
    this.isAway = false;
    for (const acknowledge of this.waiting.splice(0)) acknowledge();
  }
}
