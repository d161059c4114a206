import type { Logger } from 'pino';
import type { Clock } from '#platform/clock.js';
import type { OutgoingRecord, Publisher } from '#stage/kafka-producer.js';
import { temporarilyUnavailable } from '../http/refusal.js';

/** What a {@link BoundedPublisher} works with, and what it is bounded by. */
export interface BoundedPublisherParts {
  readonly publisher: Pick<Publisher, 'publish' | 'backlog'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** How long an HTTP call waits for Kafka. */
  readonly timeLimitMs: number;
  /** Records that may wait in this process; over it, nothing more is handed to the publisher. */
  readonly backlogMax: number;
}

const retryAfterSeconds = 5;

/** Publishes for HTTP calls, who cannot wait for Kafka as long as the {@link Publisher} does. */
export class BoundedPublisher {
  /** Since when calls wait for Kafka's acknowledgement, also after their 503; the oldest first. */
  private readonly waiting = new Set<{ readonly sinceMs: number }>();

  constructor(private readonly parts: BoundedPublisherParts) {}

  /**
   * Resolves once Kafka has acknowledged the records and `afterwards` is through. Throws 503 with `Retry-After` when that
   * takes longer than the time limit, and at once when too much waits already. After a 503 the records may be published
   * all the same; `afterwards` is then still called.
   */
  async publish(
    records: readonly OutgoingRecord[],
    afterwards: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const { publisher, backlogMax, timeLimitMs } = this.parts;
    if (publisher.backlog + records.length > backlogMax) throw kafkaAway();
    const published = this.acknowledged(records).then(async () => this.attempt(afterwards));
    if (!(await isDoneWithin(published, timeLimitMs))) throw kafkaAway();
  }

  /** For the readiness probe: a sentence while Kafka leaves a record waiting for longer than a call would; else undefined. */
  unready(): string | undefined {
    const { clock, timeLimitMs } = this.parts;
    const [oldest] = this.waiting;
    const isLate = oldest !== undefined && clock.monotonicMs() - oldest.sinceMs > timeLimitMs;
    return isLate ? 'Kafka does not acknowledge' : undefined;
  }

  private async acknowledged(records: readonly OutgoingRecord[]): Promise<void> {
    const entry = { sinceMs: this.parts.clock.monotonicMs() };
    this.waiting.add(entry);
    try {
      await this.parts.publisher.publish(records);
    } finally {
      this.waiting.delete(entry);
    }
  }

  /** The records are acknowledged: what fails now is made good by the sweeper and must not fail the call. */
  private async attempt(afterwards: () => Promise<void>): Promise<void> {
    try {
      await afterwards();
    } catch (error) {
      this.parts.logger.warn(
        { error },
        'published, but could not note it; the sweeper will publish it again',
      );
    }
  }
}

function kafkaAway(): Error {
  return temporarilyUnavailable('Kafka does not answer. Repeat the same call later.', retryAfterSeconds);
}

/** False when `work` takes longer or fails: either way nothing is acknowledged. */
async function isDoneWithin(work: Promise<void>, timeLimitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeLimitMs, false);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  return Promise.race([done, tooLate]).finally(() => {
    clearTimeout(timer);
  });
}
