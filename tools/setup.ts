import kafkajs from 'kafkajs';
import pg from 'pg';
import { z } from 'zod';
import { kafkaConnection } from '#platform/kafka-connection.js';
import { databaseSettings, kafkaSettings } from '#platform/setting-kinds.js';
import { loadSettings, SettingsError } from '#platform/settings.js';
import { setUpDatabase } from './setup/database.js';
import { setUpTopics } from './setup/topics.js';
import { topicDefinitions } from './setup/topic-definitions.js';
import { waitFor } from './setup/wait-for.js';

/**
 * `node dist/tools/setup.js`: makes roles, schemas, tables and topics, before any service starts. Safe to run again, and
 * from several places at once.
 */
const settingsSchema = z.object({
  DATABASE_URL: databaseSettings.DATABASE_URL,
  ...kafkaSettings,
  SERVICE_DATABASE_PASSWORD: z.string().min(8, { error: 'expected at least 8 characters' }).meta({
    description: 'the password of every role `onboarding_<service>`',
    example: 'a-long-random-value',
    isSecret: true,
  }),
});

const waitLimitMs = 120_000;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  await main();
} catch (error) {
  const isExpected = error instanceof SettingsError;
  process.stderr.write(
    `${isExpected ? error.message : `Set-up failed: ${String((error as Error).message)}`}\n`,
  );
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const settings = loadSettings(settingsSchema, process.env);
  await waitFor({ name: 'Postgres', timeLimitMs: waitLimitMs, say }, () => probe(settings.DATABASE_URL));
  const { migrationsRun } = await setUpDatabase(settings.DATABASE_URL, settings.SERVICE_DATABASE_PASSWORD);
  say(`Database: ${migrationsRun === 0 ? 'nothing to migrate' : `${migrationsRun} migrations ran`}.`);

  const { sasl, ...connection } = kafkaConnection(settings);
  const kafka = new kafkajs.Kafka({
    ...connection,
    ...(sasl === undefined ? {} : { sasl: sasl as kafkajs.SASLOptions }),
    clientId: 'onboarding-setup',
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 1 },
  });
  const admin = kafka.admin();
  await waitFor({ name: 'Kafka', timeLimitMs: waitLimitMs, say }, () => admin.connect());
  try {
    const { created, differences } = await setUpTopics(admin, topicDefinitions);
    say(`Topics: ${created.length === 0 ? 'all there' : `${created.length} created`}.`);
    differences.forEach(say);
  } finally {
    await admin.disconnect();
  }
}

async function probe(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.end();
}
