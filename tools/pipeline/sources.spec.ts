import { expect, test } from '@jest/globals';
import { decideSources, describeSources } from './sources.js';

const ownFinhub = {
  FINHUB_BASE_URL: 'https://finhub.example',
  FINHUB_TENANT_ID: 'tenant',
  FINHUB_ORGANIZATION_ID: 'organization',
  FINHUB_ADMIN_USER_ID: 'admin',
  FINHUB_ADMIN_USERNAME: 'admin@finhub.example',
  FINHUB_ADMIN_PASSWORD: 'p',
  FINHUB_TENANT_KEY: 'k',
  FINHUB_TENANT_SECRET: 's',
};

test('what the environment names is used, and what it does not name is started here', () => {
  expect(decideSources({ DATABASE_URL: 'postgres://u:p@db:5432/x', KAFKA_BROKERS: '' })).toEqual({
    databaseUrl: 'postgres://u:p@db:5432/x',
    brokers: undefined,
    finhub: undefined,
  });
});

test('what is wrong or missing is one sentence each with the name of its setting, all at once, and no password', () => {
  const env = {
    DATABASE_URL: 'mysql://user:topsecret@db/x',
    KAFKA_BROKERS: 'kafka',
    FINHUB_BASE_URL: 'https://x',
  };
  expect(() => decideSources(env)).toThrow(
    /^DATABASE_URL is wrong .*KAFKA_BROKERS cannot be "kafka".*FINHUB_ADMIN_PASSWORD is not set/su,
  );
  expect(() => decideSources(env)).not.toThrow(/topsecret/u);
});

test('how to reach brokers is refused where none are named, and without the password', () => {
  const login = { KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'topsecret' };
  expect(() => decideSources(login)).toThrow(
    'KAFKA_BROKERS is not set, so there is nothing that KAFKA_SSL, KAFKA_SASL_MECHANISM, KAFKA_SASL_PASSWORD could be for: set it too, or unset these',
  );
  expect(decideSources({ ...login, KAFKA_BROKERS: 'kafka:9092' }).brokers).toBe('kafka:9092');
  expect(decideSources({ KAFKA_SSL: 'false', KAFKA_SASL_USERNAME: '' }).brokers).toBeUndefined();
  expect(() => decideSources({ KAFKA_SASL_MECHANISM: 'oauth' })).toThrow('expected plain');
});

test('with a FinHub of its own, every setting of it is handed on', () => {
  expect(decideSources({ ...ownFinhub, OTHER: 'x' }).finhub).toEqual(ownFinhub);
});

test('who decides the verifications is told where that is not the sandbox that was started here', () => {
  const told = (env: NodeJS.ProcessEnv) => describeSources(decideSources(env)).join('\n');
  expect(told({})).not.toContain('FINHUB_APPROVAL');
  expect(told(ownFinhub)).toContain('Its officers decide the verifications');
  expect(told({ ...ownFinhub, FINHUB_APPROVAL: 'auto' })).not.toContain('officers');
});

test('each source is told in one line, without a password', () => {
  const lines = describeSources(decideSources({ DATABASE_URL: 'postgres://user:topsecret@db:5432/x' }));
  expect(lines).toEqual([
    'Postgres: db:5432, from DATABASE_URL',
    "Kafka:    local broker from Kafka's jars (set KAFKA_BROKERS to use yours)",
    'FinHub:   sandbox (set FINHUB_BASE_URL and its credentials to use yours)',
  ]);
});
