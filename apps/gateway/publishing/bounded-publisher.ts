import type { OutgoingRecord, Publisher } from '#stage/kafka-producer.js';
import type { Logger } from 'pino';
import { temporarilyUnavailable } from '../http/refusal.js';

/** What {@link BoundedPublisher} is bounded by. */
export interface PublishBounds {
  /** How long an HTTP call waits for Kafka. */
  readonly timeLimitMs: number;
  /** Records that may wait in this process; over it, nothing more is handed to the publisher. */
  readonly backlogMax: number;
}

const retryAfterSeconds = 5;

/** Publishes for HTTP calls, who cannot wait for Kafka as long as the {@link Publisher} does. */
export class BoundedPublisher {
  constructor(
    private readonly publisher: Pick<Publisher, 'publish' | 'backlog'>,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly bounds: PublishBounds,
  ) {}

  /**
   * Resolves once Kafka has acknowledged the records and `afterwards` is through. Throws 503 with `Retry-After` when that
   * takes longer than the time limit, and at once when too much waits already. After a 503 the records may be published
   * all the same; `afterwards` is then still called.
   */
  async publish(
    records: readonly OutgoingRecord[],
    afterwards: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    if (this.publisher.backlog + records.length > this.bounds.backlogMax) throw kafkaAway();
    const published = this.publisher.publish(records).then(async () => this.attempt(afterwards));
    if (!(await isDoneWithin(published, this.bounds.timeLimitMs))) throw kafkaAway();
  }

  /** The records are acknowledged: what fails now is made good by the sweeper and must not fail the call. */
  private async attempt(afterwards: () => Promise<void>): Promise<void> {
    try {
      await afterwards();
    } catch (error) {
      this.logger.warn({ error }, 'published, but could not note it; the sweeper will publish it again');
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
