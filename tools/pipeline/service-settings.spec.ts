import { expect, test } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import { generateVaultKeys } from '#vault/vault-keys.js';
import { databaseServices } from '../setup/services.js';
import { settingsOfServices } from '../setup/settings-of-services.js';
import { settingsOf, type PipelineAddresses } from './service-settings.js';

const at: PipelineAddresses = {
  databaseUrl: 'postgres://u:p@127.0.0.1:5432/postgres',
  brokers: '127.0.0.1:9092',
  finhub: { FINHUB_BASE_URL: 'https://finhub.example' },
  isFinhubSandbox: false,
  trackerUrl: 'http://127.0.0.1:3001',
  gatewayPublicUrl: undefined,
  secrets: {
    ...generateVaultKeys(),
    SERVICE_DATABASE_PASSWORD: 'of-the-roles',
    TRACKER_TOKEN: 'of-the-tracker',
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

test('whatever else a service can be told is handed on from the environment: to those that read it, and to no other', async () => {
  const schemas = new Map(await settingsOfServices());
  const env = Object.fromEntries(
    [...schemas.values()].flatMap(({ shape }) => Object.keys(shape).map((name) => [name, `my ${name}`])),
  );
  for (const service of databaseServices) {
    const told = settingsOf(service, { ...at, env: { ...env, OF_NO_SERVICE: 'x', TRACKER_LAG_MAX: '' } });
    const names = Object.keys(schemas.get(service)?.shape ?? {}).filter((name) => name !== 'TRACKER_LAG_MAX');
    expect(Object.keys(told)).toEqual(expect.arrayContaining(names));
    expect(Object.keys(told).filter((name) => !names.includes(name) && !name.startsWith('FINHUB_'))).toEqual(
      [],
    );
  }
  expect(settingsOf('gateway', { ...at, env })).toMatchObject({
    UPLOADS_MAX: 'my UPLOADS_MAX',
    KAFKA_SSL: 'my KAFKA_SSL',
  });
});

test('where things are that were started here is not for the environment to say', () => {
  const env = { DATABASE_URL: 'x', KAFKA_BROKERS: 'x', TRACKER_URL: 'x', HOST: '0.0.0.0' };
  expect(settingsOf('gateway', { ...at, env })).toMatchObject({
    DATABASE_URL: 'postgres://onboarding_gateway:of-the-roles@127.0.0.1:5432/postgres',
    KAFKA_BROKERS: at.brokers,
    TRACKER_URL: at.trackerUrl,
    HOST: '127.0.0.1',
  });
});

test('the tracker gets the public half of the intake key, whatever the environment says of it', () => {
  const env = { VAULT_INTAKE_KEY: at.secrets.VAULT_INTAKE_KEY };
  const { VAULT_INTAKE_KEY: given = '' } = settingsOf('tracker', { ...at, env });
  const key = createPublicKey({ key: Buffer.from(given, 'base64'), format: 'der', type: 'spki' });
  expect(key.type).toBe('public');
});
