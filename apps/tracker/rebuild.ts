import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '#platform/clock.js';
import { createPool } from '#platform/database.js';
import { fatalSentences } from '#platform/fatal.js';
import { kafkaConnection } from '#platform/kafka-connection.js';
import { createLogger } from '#platform/logging.js';
import { loadSettings } from '#platform/settings.js';
import { Generations } from './generations.js';
import { Projection } from './projection.js';
import { Readers } from './readers.js';
import { readPublicKey, recordSealer } from './seal-record.js';
import { rebuildSettings } from './settings.js';
import { contractTopics } from './topics.js';

const lookIntervalMs = 1_000;

/**
 * Builds the read model anew from the topics and ends when the new one answers. Services that run help and go on answering
 * from the present one meanwhile; where none runs, this process does it alone. Cut off, it is continued by the services or
 * by running it again.
 */
async function rebuild(): Promise<void> {
  const settings = loadSettings(rebuildSettings, process.env);
  const logger = createLogger('tracker-rebuild', settings);
  const pool = createPool(settings.DATABASE_URL, { applicationName: 'tracker-rebuild', schema: 'tracker' });
  const generations = new Generations(pool);
  await generations.ensureLive();
  const { number } = await generations.startRebuild();
  const readers = new Readers({
    pool,
    generations,
    topics: contractTopics,
    kafka: kafkaConnection(settings),
    projection: new Projection({
      pool,
      topics: contractTopics,
      clock: systemClock,
      seal: await recordSealer(readPublicKey(settings.VAULT_INTAKE_KEY)),
    }),
    logger,
    onFatal: (sentence) => {
      throw new Error(sentence);
    },
    isWanted: (generation) => generation.number === number,
  });
  readers.start();
  while (await isBuilding(generations, number)) {
    logger.info({ generation: number, behind: await readers.behind(number) }, 'rebuilding');
    await delay(lookIntervalMs);
  }
  await readers.stop();
  await pool.end();
  logger.info({ generation: number }, 'the rebuild has ended');
}

async function isBuilding(generations: Generations, number: number): Promise<boolean> {
  return (await generations.open()).some((open) => open.number === number && open.state === 'building');
}

try {
  await rebuild();
} catch (error) {
  process.stderr.write(fatalSentences('tracker-rebuild', error));
  process.exit(1);
}
