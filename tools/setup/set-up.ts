import kafkajs from 'kafkajs';
import { topics } from '#contracts/topics.js';
import { connectOnce, databaseRemedyFor } from '#platform/database.js';
import { StartError } from '#platform/fatal.js';
import type { KafkaConnection } from '#platform/kafka-connection.js';
import { setUpDatabase } from './database.js';
import { setUpTopics } from './topics.js';
import { waitFor } from './wait-for.js';

/** Where the schemas have to be before any service starts. */
export interface SchemasSetUp {
  /** Of a role that may create roles and schemas. */
  readonly databaseUrl: string;
  /** Becomes the password of every service's role. */
  readonly servicePassword: string;
  /** True where nobody chose it: then it is the password of new roles only, and of those that have it already. */
  readonly isPasswordGenerated?: boolean;
  readonly say: (line: string) => void;
}

/** Where the topics have to be. */
export interface BrokerSetUp {
  readonly kafka: KafkaConnection;
  readonly say: (line: string) => void;
}

const clientId = 'onboarding-setup';
const waitLimitMs = 120_000;

/** Makes roles, schemas and tables; waits for the database. Running it again changes nothing. */
export async function setUpSchemas({
  databaseUrl,
  servicePassword,
  isPasswordGenerated = false,
  say,
}: SchemasSetUp): Promise<void> {
  const postgres = { name: 'Postgres', setting: 'DATABASE_URL', timeLimitMs: waitLimitMs, say };
  await waitFor(postgres, () => probe(databaseUrl));
  const { migrationsRun } = await setUpDatabase(databaseUrl, servicePassword, { say, isPasswordGenerated });
  say(`Schemas: ${migrationsRun === 0 ? 'nothing to migrate' : `${migrationsRun} migrations ran`}.`);
}

/** Makes the topics that are missing and says where one differs; waits for the broker. */
export async function setUpBroker({ kafka, say }: BrokerSetUp): Promise<void> {
  const client = new kafkajs.Kafka({
    ...kafka,
    clientId,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 1 },
  });
  const admin = client.admin();
  const brokers = { name: 'Kafka', setting: 'KAFKA_BROKERS', timeLimitMs: waitLimitMs, say };
  await waitFor(brokers, () => admin.connect());
  try {
    const { created, differences } = await setUpTopics(admin, topics());
    say(`Topics: ${created.length === 0 ? 'all there' : `${created.length} created`}.`);
    differences.forEach(say);
    // A broker that has never had a group makes the topic of its groups now: who joined before would be sent away.
    await waitFor(brokers, () => admin.fetchOffsets({ groupId: clientId }));
  } finally {
    await admin.disconnect();
  }
}

async function probe(url: string): Promise<void> {
  try {
    const client = await connectOnce(url, { applicationName: 'onboarding-setup', schema: 'public' });
    await client.end();
  } catch (error) {
    const remedy = databaseRemedyFor(error);
    throw remedy === undefined ? error : new StartError(remedy);
  }
}
