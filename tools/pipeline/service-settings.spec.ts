import { expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { settingsOf, type PipelineAddresses } from './service-settings.js';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const at: PipelineAddresses = {
  databaseUrl: 'postgres://u:p@127.0.0.1:5432/postgres',
  brokers: '127.0.0.1:9092',
  finhub: { FINHUB_BASE_URL: 'https://finhub.example' },
  isFinhubSandbox: false,
  trackerUrl: 'http://127.0.0.1:3001',
  gatewayPublicUrl: undefined,
  secrets: {
    VAULT_KEYS: 'k1:x',
    VAULT_HASH_KEY: 'x',
    VAULT_INTAKE_KEY: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    SERVICE_DATABASE_PASSWORD: 'x',
    TRACKER_TOKEN: 'x',
  },
  env: {},
};
const timesOf = (settings: Record<string, string>) =>
  Object.keys(settings).filter((name) => name.startsWith('STAGE_'));

test('only the sandbox next door is given seconds: a call that another FinHub answers slowly is not made twice', () => {
  expect(timesOf(settingsOf('personnel', at))).toEqual([]);
  expect(settingsOf('personnel', { ...at, isFinhubSandbox: true })).toMatchObject({
    STAGE_CALL_LIMIT_MS: '3000',
    STAGE_SETTLE_MS: '1500',
  });
});

test('times that the user sets are handed on, whichever FinHub it is', () => {
  const env = { STAGE_SETTLE_MS: '9000' };
  expect(settingsOf('personnel', { ...at, env })).toMatchObject(env);
  expect(settingsOf('personnel', { ...at, env, isFinhubSandbox: true })).toMatchObject(env);
});
