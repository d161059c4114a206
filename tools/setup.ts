import { z } from 'zod';
import { fatalSentences } from '#platform/fatal.js';
import { kafkaConnection } from '#platform/kafka-connection.js';
import { databaseSettings, kafkaSettings } from '#platform/setting-kinds.js';
import { loadSettings } from '#platform/settings.js';
import { setUpBroker, setUpSchemas } from './setup/set-up.js';

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

try {
  const settings = loadSettings(settingsSchema, process.env);
  const setUp = {
    databaseUrl: settings.DATABASE_URL,
    kafka: kafkaConnection(settings),
    servicePassword: settings.SERVICE_DATABASE_PASSWORD,
    say: (line: string) => {
      console.log(line);
    },
  };
  await Promise.all([setUpSchemas(setUp), setUpBroker(setUp)]);
} catch (error) {
  process.stderr.write(fatalSentences('setup', error));
  process.exit(1);
}
