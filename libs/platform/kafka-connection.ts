import type { z } from 'zod';
import type { kafkaSettings } from './setting-kinds.js';
import { SettingsError } from './settings.js';

/** What a Kafka client needs to connect; kafkajs takes it as it is. */
export interface KafkaConnection {
  brokers: string[];
  ssl: boolean;
  sasl?: Login<'plain'> | Login<'scram-sha-256'> | Login<'scram-sha-512'>;
}

interface Login<Mechanism extends string> {
  mechanism: Mechanism;
  username: string;
  password: string;
}

/** Reads the Kafka settings together. Throws {@link SettingsError} where a login is named by halves. */
export function kafkaConnection(settings: z.output<z.ZodObject<typeof kafkaSettings>>): KafkaConnection {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = settings;
  const { KAFKA_BROKERS: brokers, KAFKA_SSL: ssl, KAFKA_SASL_PASSWORD: password } = settings;
  if (!mechanism && !username && !password) return { brokers, ssl };
  if (!mechanism || !username || !password)
    throw new SettingsError([
      'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD belong together: set all three or none',
    ]);
  return { brokers, ssl, sasl: { mechanism, username, password } };
}
