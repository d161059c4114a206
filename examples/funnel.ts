import { z } from 'zod';
import { parseEnvelope, UnreadableRecord, type Envelope } from '#contracts/envelope.js';
import { fatalSentences } from '#platform/fatal.js';
import { kafkaConnection, type KafkaConnection } from '#platform/kafka-connection.js';
import { kafkaSettings } from '#platform/setting-kinds.js';
import { loadSettings } from '#platform/settings.js';
import { funnel } from './funnel/funnel.js';
import { funnelText } from './funnel/funnel-text.js';
import { readTopics } from './funnel/read-topics.js';

/**
 * `KAFKA_BROKERS=host:port node dist/examples/funnel.js [--until-idle]`: reads all events from the beginning and prints a
 * funnel: with `--until-idle` once, when it has read all that was there; else again whenever something came, until Ctrl-C.
 * TLS and a login as the services: KAFKA_SSL, KAFKA_SASL_*.
 */
const connection = connectionOf(process.env);
const isOnce = process.argv.includes('--until-idle');
const events: Envelope[] = [];
let unreadable = 0;
let isChanged = false;

const timer = isOnce ? undefined : setInterval(print, 1_000);
const reading = await readTopics(connection, take).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `Kafka at ${connection.brokers.join(', ')} cannot be read: ${reason}. Is it up, and have the topics been created?\n`,
  );
  return process.exit(1);
});
process.once('SIGINT', () => void end());
if (isOnce) {
  await reading.isCaughtUp;
  isChanged = true;
  await end();
}

function connectionOf(env: NodeJS.ProcessEnv): KafkaConnection {
  try {
    return kafkaConnection(loadSettings(z.object(kafkaSettings), env));
  } catch (error) {
    process.stderr.write(fatalSentences('funnel', error));
    return process.exit(2);
  }
}

function take(value: Buffer | null): void {
  isChanged = true;
  try {
    events.push(parseEnvelope(value));
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    unreadable += 1;
  }
}

function print(): void {
  if (!isChanged) return;
  isChanged = false;
  process.stdout.write(`${funnelText(funnel(events))}unreadable: ${String(unreadable)} records\n\n`);
}

async function end(): Promise<void> {
  clearInterval(timer);
  print();
  await reading.stop();
}
