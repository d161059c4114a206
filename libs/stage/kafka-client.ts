import kafkajs, { type KafkaConfig, type LogEntry } from 'kafkajs';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import type { Logger } from 'pino';
import { systemClock } from '#platform/clock.js';

/** How to reach the brokers. `ssl` and `sasl` are handed to kafkajs as they are. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
}

/**
 * A kafkajs client with the settings that were seen to survive broker restarts. The producer gives up a call after some
 * tries, so that a send ends in finite time; the consumer's connection never gives up.
 *
 * `onOffsetOutOfRange` is told when retention has passed the consumer: records are gone, which must be an alarm.
 */
export function kafkaClient(
  settings: KafkaSettings,
  options: { retries: number; logger: Logger; onOffsetOutOfRange?: () => void },
): kafkajs.Kafka {
  letIdleConnectionsSleep();
  return new kafkajs.Kafka({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    ...(settings.ssl === undefined ? {} : { ssl: settings.ssl }),
    ...(settings.sasl === undefined ? {} : { sasl: settings.sasl }),
    connectionTimeout: 10_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: options.retries },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => (entry) => {
      forwardLog(entry, options);
    },
  });
}

function forwardLog(entry: LogEntry, options: { logger: Logger; onOffsetOutOfRange?: () => void }): void {
  const { message, error, groupId, topic } = entry.log as { message: string } & Record<string, unknown>;
  if (message.includes('Offset out of range')) options.onOffsetOutOfRange?.();
  // Everything that kafkajs reports it also retries: what it can't mend arrives as a rejection, and is logged there.
  options.logger.debug({ kafkajs: message, error, groupId, topic }, 'kafkajs');
}

interface Queue {
  pending: readonly unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
}

const checkIntervalMs = 10;

/**
 * kafkajs 2.2.4 wakes every millisecond per connection (2-3 % of a core when idle): the timer re-arms itself with a delay
 * in the past. Here it is set only while something is pending. https://github.com/tulios/kafkajs/issues/1751
 */
export function letIdleConnectionsSleep(): void {
  const prototype = RequestQueue.prototype as unknown as { scheduleCheckPendingRequests(this: Queue): void };
  prototype.scheduleCheckPendingRequests = function (this: Queue) {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    // Wall-clock time, as kafkajs sets it.
    const throttledMs = this.throttledUntil - systemClock.now().getTime();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledMs > 0 ? throttledMs : checkIntervalMs,
    );
  };
}
