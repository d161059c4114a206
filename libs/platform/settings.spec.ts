import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { kafkaConnection } from './kafka-connection.js';
import {
  databaseSettings,
  flag,
  kafkaSettings,
  list,
  serviceSettings,
  wholeNumber,
} from './setting-kinds.js';
import { describeSettings, loadSettings, maskedSettings, SettingsError } from './settings.js';

const schema = z.object({
  ...serviceSettings,
  ...databaseSettings,
  KEYS: list(z.string().min(4, { error: 'expected keys of four letters' })).meta({
    description: 'the keys',
    example: 'k1:abcd',
    isSecret: true,
  }),
  TRIES_MAX: wholeNumber(1, 9).default(3).meta({ description: 'how often', example: '3' }),
  IS_EAGER: flag().default(false),
});
const url = 'postgres://me:hunter2@db:5432/onboarding';

function sentencesOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadSettings(schema, env);
  } catch (error) {
    if (error instanceof SettingsError) return error.sentences;
  }
  return [];
}

describe('settings', () => {
  it('are read from the environment by their names, with defaults for what is not set or empty', () => {
    const settings = loadSettings(schema, {
      DATABASE_URL: url,
      KEYS: 'abcd, efgh',
      TRIES_MAX: '',
      IS_EAGER: 'yes',
      OTHER: 'x',
    });
    expect(settings).toEqual({
      PORT: 0,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      DATABASE_URL: url,
      DATABASE_CONNECTIONS_MAX: 10,
      KEYS: ['abcd', 'efgh'],
      TRIES_MAX: 3,
      IS_EAGER: true,
    });
  });

  it('are refused with all mistakes at once, one sentence each with name, meaning and remedy', () => {
    expect(sentencesOf({ TRIES_MAX: 'many', KEYS: 'abcd' })).toEqual([
      'DATABASE_URL is not set (the Postgres database, with the role of this service): set it like DATABASE_URL=postgres://registration:secret@127.0.0.1:5432/onboarding',
      'TRIES_MAX cannot be "many" (how often): expected a whole number from 1 to 9; set it like TRIES_MAX=3',
    ]);
  });

  it.each(['0', '10', '2.5', '1e1', ' ', '0x'])('refuse TRIES_MAX=%j', (value) => {
    expect(sentencesOf({ DATABASE_URL: url, KEYS: 'abcd', TRIES_MAX: value })).toHaveLength(1);
  });

  it('never echo the value of a secret', () => {
    const sentences = sentencesOf({ DATABASE_URL: 'mysql://me:hunter2@db', KEYS: 'oh,no' });
    expect(sentences).toHaveLength(2);
    expect(sentences.join()).toContain('KEYS is wrong (the keys): expected keys of four letters');
    expect(sentences.join()).not.toMatch(/hunter2|oh|no,/u);
  });

  it('are logged with secrets masked, a URL without its password', () => {
    const settings = loadSettings(schema, { DATABASE_URL: url, KEYS: 'k1:abcdefgh' });
    expect(maskedSettings(schema, settings)).toMatchObject({
      DATABASE_URL: 'postgres://me:***@db:5432/onboarding',
      KEYS: '***',
      TRIES_MAX: 3,
    });
  });

  it('are described for the documentation', () => {
    expect(describeSettings(schema)).toEqual(
      expect.arrayContaining([
        { name: 'PORT', value: '0', meaning: 'the HTTP port; 0 takes any free one', isSecret: false },
        { name: 'KEYS', value: 'required', meaning: 'the keys', isSecret: true },
        {
          name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
          value: 'optional',
          meaning: 'where traces are sent, by OTLP over HTTP; without it there are none',
          isSecret: false,
        },
      ]),
    );
  });

  it('that several services have all carry a meaning and an example', () => {
    const shared = z.object({ ...serviceSettings, ...databaseSettings, ...kafkaSettings });
    for (const [name, setting] of Object.entries(shared.shape))
      expect({ name, ...z.globalRegistry.get(setting) }).toMatchObject({
        name,
        description: expect.any(String),
        example: expect.any(String),
      });
  });
});

describe('the connection to Kafka', () => {
  const connectionFor = (env: NodeJS.ProcessEnv) =>
    kafkaConnection(loadSettings(z.object(kafkaSettings), env));

  it('is a list of brokers, plain unless told otherwise', () => {
    expect(connectionFor({ KAFKA_BROKERS: 'a:9092, b:9093' })).toEqual({
      brokers: ['a:9092', 'b:9093'],
      ssl: false,
    });
  });

  it('logs in where all of the login is given', () => {
    const login = {
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: 'me',
      KAFKA_SASL_PASSWORD: 'hunter2',
    };
    expect(connectionFor({ KAFKA_BROKERS: 'a:9092', KAFKA_SSL: 'true', ...login })).toEqual({
      brokers: ['a:9092'],
      ssl: true,
      sasl: { mechanism: 'plain', username: 'me', password: 'hunter2' },
    });
  });

  it.each([
    { KAFKA_BROKERS: 'a' },
    { KAFKA_BROKERS: 'a:9092,' },
    { KAFKA_BROKERS: 'a:9092', KAFKA_SASL_USERNAME: 'me' },
  ])('is refused where it is named by halves: %j', (env) => {
    expect(() => connectionFor(env)).toThrow(SettingsError);
  });
});
