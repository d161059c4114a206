import { toEnvelope } from '#contracts/envelope.js';
import { onboardingState } from '#contracts/operational-topics.js';
import type { Clock } from '#platform/clock.js';
import { checksumOf } from '#stage/checksum.js';
import type { OutgoingRecord } from '#stage/kafka-producer.js';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { v5 as uuidv5 } from 'uuid';
import { asTenant, everyTenant } from './database.js';
import { publishedStateOf } from './published-state.js';
import { markPublished, unpublishedOnboardings, type Unpublished } from './sql/unpublished-onboardings.js';
import type { Topics } from './topics.js';
import { Repeating } from './repeating.js';

export interface StatePublisherParts {
  readonly pool: Pool;
  readonly publish: (records: readonly OutgoingRecord[]) => Promise<void>;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly logger: Logger;
}

const rowsMax = 1_000;
const lookIntervalMs = 1_000;

/**
 * Writes the latest state of each onboarding of the live generation to the compacted topic, at least once: what a crash
 * left unpublished is found again. Of states that follow each other quickly only the last may be seen.
 */
export class StatePublisher {
  private readonly loop: Repeating;

  constructor(private readonly parts: StatePublisherParts) {
    this.loop = new Repeating({
      name: 'publishing states',
      pauseMs: lookIntervalMs,
      logger: parts.logger,
      run: () => this.publishAll(),
    });
  }

  start(): void {
    this.loop.start();
  }

  /** There is something to publish: do not wait for the next look. */
  wake(): void {
    this.loop.wake();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async publishAll(): Promise<void> {
    let rows: readonly Unpublished[];
    do {
      rows = await asTenant(this.parts.pool, everyTenant, (client) =>
        unpublishedOnboardings(client, rowsMax),
      );
      if (rows.length === 0) return;
      await this.parts.publish(rows.flatMap((row) => this.recordOf(row) ?? []));
      const published = rows;
      await asTenant(this.parts.pool, everyTenant, (client) => markPublished(client, published));
    } while (rows.length === rowsMax && !this.loop.isStopped);
  }

  private recordOf(row: Unpublished): OutgoingRecord | undefined {
    const data = publishedStateOf(row);
    if (data === undefined) return undefined;
    const { onboardingId, tenantId, requestId, applicantKind, generation, revision } = row;
    const { type } = onboardingState;
    const topic = this.parts.topics.state;
    if (data === null) return { topic, key: onboardingId, value: null };
    const event = {
      // One id per change of state, also when it is published twice.
      id: uuidv5(`tracker\n${generation}\n${revision}`, onboardingId),
      type,
      time: this.parts.clock.now().toISOString(),
      onboardingId,
      tenantId,
      requestId,
      applicantKind,
      stage: 'tracker',
      correlationId: onboardingId,
      data,
    };
    const value = JSON.stringify(toEnvelope(event));
    return { topic, key: onboardingId, value, headers: checksumOf(value) };
  }
}
