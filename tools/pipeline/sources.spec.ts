import { expect, test } from '@jest/globals';
import { decideSources, describeSources } from './sources.js';

test('what the environment names is used, and what it does not name is started here', () => {
  expect(decideSources({ DATABASE_URL: 'postgres://u:p@db:5432/x', KAFKA_BROKERS: '' })).toEqual({
    databaseUrl: 'postgres://u:p@db:5432/x',
    brokers: undefined,
    finhub: undefined,
  });
});

test('what is no address is one sentence with the name of its setting, and no password', () => {
  const env = { DATABASE_URL: 'mysql://user:topsecret@db/x', KAFKA_BROKERS: 'kafka' };
  expect(() => decideSources(env)).toThrow(/^DATABASE_URL is wrong .*KAFKA_BROKERS cannot be "kafka"/su);
  expect(() => decideSources(env)).not.toThrow(/topsecret/u);
});

test('with a FinHub of its own, every setting of it is handed on', () => {
  const env = { FINHUB_BASE_URL: 'https://finhub.example', FINHUB_TENANT_KEY: 'k', OTHER: 'x' };
  expect(decideSources(env).finhub).toEqual({
    FINHUB_BASE_URL: 'https://finhub.example',
    FINHUB_TENANT_KEY: 'k',
  });
});

test('each source is told in one line, without a password', () => {
  const lines = describeSources(decideSources({ DATABASE_URL: 'postgres://user:topsecret@db:5432/x' }));
  expect(lines).toEqual([
    'Postgres: db:5432, from DATABASE_URL',
    "Kafka:    local broker from Kafka's jars (set KAFKA_BROKERS to use yours)",
    'FinHub:   sandbox (set FINHUB_BASE_URL and its credentials to use yours)',
  ]);
});
