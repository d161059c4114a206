import type { Admin, Kafka } from 'kafkajs';
import type { Logger } from 'pino';

/** Where a group stands in a partition. */
export interface PartitionOffsets {
  readonly topic: string;
  readonly partition: number;
  /** What the group has committed; -1: nothing. */
  readonly at: number;
  /** The oldest record that is left, and the end. */
  readonly low: number;
  readonly high: number;
}

const lookIntervalMs = 15_000;
const stuckAfterMs = 60_000;

/**
 * Watches the group's lag from outside the consumer: kafkajs can stop reading in silence (a bad batch length, a lost
 * coordinator). A partition of ours with a lag that stands still for a minute, while the consumer is not paused, ends the
 * process.
 */
export class LagWatch {
  /** Records behind the end, as of the last look. */
  lag: number | undefined;
  private admin: Admin | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** The watched partitions that are behind: where, and since when they stand there. */
  private standing: ReadonlyMap<string, { readonly at: number; readonly sinceMs: number }> = new Map();

  constructor(
    private readonly kafka: Kafka,
    private readonly options: {
      readonly groupId: string;
      readonly topics: readonly string[];
      /** Whether this process ought to read it now. */
      readonly isWatched: (partition: PartitionOffsets) => boolean;
      readonly onFatal: (sentence: string) => void;
      /** Retention has taken records that the group had not read. */
      readonly onGap: (gaps: readonly PartitionOffsets[]) => void;
      readonly logger: Logger;
    },
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), lookIntervalMs);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.admin?.disconnect();
  }

  /**
   * Before the group is joined: what retention has taken while it was stopped, or forgotten by the brokers, is an alarm. A new
   * group on topics whose beginning is gone sounds it once.
   */
  async lookForGaps(): Promise<void> {
    try {
      const gaps = (await this.partitions()).filter(({ at, low }) => Math.max(at, 0) < low);
      if (gaps.length > 0) this.options.onGap(gaps);
    } catch (error) {
      this.options.logger.debug({ reason: String(error) }, 'the offsets could not be read');
    }
  }

  private async look(): Promise<void> {
    try {
      const partitions = await this.partitions();
      this.lag = partitions.reduce((sum, each) => sum + lagOf(each), 0);
      this.judge(partitions, performance.now());
    } catch (error) {
      this.options.logger.debug({ reason: String(error) }, 'the lag could not be read');
    }
  }

  private judge(partitions: readonly PartitionOffsets[], nowMs: number): void {
    const behind = partitions.filter((each) => lagOf(each) > 0 && this.options.isWatched(each));
    this.standing = new Map(
      behind.map(({ topic, partition, at }) => {
        const name = `${topic}-${partition}`;
        const before = this.standing.get(name);
        return [name, before?.at === at ? before : { at, sinceMs: nowMs }];
      }),
    );
    const stuck = [...this.standing].find(([, { sinceMs }]) => nowMs - sinceMs >= stuckAfterMs);
    if (stuck === undefined) return;
    this.options.onFatal(
      `the consumer group ${this.options.groupId} has stood still in ${stuck[0]} for a minute`,
    );
  }

  private async partitions(): Promise<readonly PartitionOffsets[]> {
    if (this.admin === undefined) {
      this.admin = this.kafka.admin();
      await this.admin.connect();
    }
    const admin = this.admin;
    const groups = await admin.fetchOffsets({
      groupId: this.options.groupId,
      topics: [...this.options.topics],
    });
    const found: PartitionOffsets[] = [];
    for (const topic of this.options.topics) {
      const own = new Map(
        groups.find((row) => row.topic === topic)?.partitions.map((p) => [p.partition, p.offset]),
      );
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic))
        found.push({
          topic,
          partition,
          at: Number(own.get(partition) ?? -1),
          low: Number(low),
          high: Number(high),
        });
    }
    return found;
  }
}

function lagOf({ at, low, high }: PartitionOffsets): number {
  return high - Math.max(at, low);
}
