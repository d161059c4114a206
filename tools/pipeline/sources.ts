import { z } from 'zod';
import { databaseSettings, kafkaSettings } from '#platform/setting-kinds.js';
import { FinhubSettingsError, loadTenants } from '#finhub-client/settings.js';
import { loadSettings, SettingsError, type Settings } from '#platform/settings.js';

/** Where the three things come from that we did not write: from the environment where it names them, else from here. */
export interface Sources {
  /** A superuser's connection string; undefined: an embedded Postgres. */
  readonly databaseUrl: string | undefined;
  /** `host:port,...`; undefined: a local broker. */
  readonly brokers: string | undefined;
  /** Every FINHUB_* setting of the environment; undefined: the sandbox. */
  readonly finhub: Readonly<Record<string, string>> | undefined;
}

const settingsSchema = z.object({
  DATABASE_URL: databaseSettings.DATABASE_URL.optional().meta({
    description: 'a Postgres database, with a role that may create roles and schemas',
    example: 'postgres://postgres:secret@127.0.0.1:5432/onboarding',
    isSecret: true,
  }),
  ...kafkaSettings,
  KAFKA_BROKERS: kafkaSettings.KAFKA_BROKERS.optional(),
});

/**
 * Decides by the environment. An empty variable counts as not set. Throws one sentence for each that can't be one, and for what
 * would be ignored: how to reach brokers that nobody names.
 */
export function decideSources(env: NodeJS.ProcessEnv): Sources {
  const isFinhubNamed = Boolean(env['FINHUB_BASE_URL'] || env['FINHUB_TENANTS_FILE']);
  const mistakes = [
    ...mistakesOf(() => {
      refuseWithoutBrokers(loadSettings(settingsSchema, env));
    }),
    ...(isFinhubNamed ? mistakesOf(() => loadTenants(env)) : []),
  ];
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return {
    databaseUrl: env['DATABASE_URL'] || undefined,
    brokers: env['KAFKA_BROKERS'] || undefined,
    finhub: isFinhubNamed ? settingsUnder('FINHUB_', env) : undefined,
  };
}

function refuseWithoutBrokers({
  DATABASE_URL: _,
  KAFKA_BROKERS: brokers,
  ...ways
}: Settings<typeof settingsSchema>): void {
  const idle = Object.entries(ways).flatMap(([name, value]) => (value ? [name] : []));
  if (brokers !== undefined || idle.length === 0) return;
  throw new SettingsError([
    `KAFKA_BROKERS is not set, so there is nothing that ${idle.join(', ')} could be for: set it too, or unset these`,
  ]);
}

function mistakesOf(load: () => unknown): readonly string[] {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof SettingsError || error instanceof FinhubSettingsError) return error.sentences;
    throw error;
  }
}

/**
 * Whether data lie where we did not start anything. What lies in Kafka and in Postgres belongs together, so then neither is
 * emptied unless the user asks for it.
 */
export function isAnyDataExternal({ databaseUrl, brokers }: Sources): boolean {
  return databaseUrl !== undefined || brokers !== undefined;
}

/** One line each, for the user; without passwords. One more where FinHub's officers decide, for that may take days. */
export function describeSources({ databaseUrl, brokers, finhub }: Sources): string[] {
  const database = databaseUrl === undefined ? undefined : `${hostOf(databaseUrl)}, from DATABASE_URL`;
  const kafka = brokers === undefined ? undefined : `${brokers}, from KAFKA_BROKERS`;
  return [
    `Postgres: ${database ?? 'embedded (set DATABASE_URL to use yours)'}`,
    `Kafka:    ${kafka ?? "local broker from Kafka's jars (set KAFKA_BROKERS to use yours)"}`,
    `FinHub:   ${finhub === undefined ? 'sandbox (set FINHUB_BASE_URL and its credentials to use yours)' : finhubIn(finhub)}`,
    ...(finhub !== undefined && loadTenants(finhub).some(({ approval }) => approval === 'wait')
      ? [
          '          Its officers decide the verifications, for up to 14 days (FINHUB_APPROVAL=auto: we approve them).',
        ]
      : []),
  ];
}

function finhubIn({
  FINHUB_BASE_URL: url,
  FINHUB_TENANTS_FILE: file,
}: Readonly<Record<string, string>>): string {
  return file === undefined
    ? `${url ?? ''}, from FINHUB_BASE_URL`
    : `as ${file} says, from FINHUB_TENANTS_FILE`;
}

/** All variables with that prefix: also those that a service knows and this file does not. */
export function settingsUnder(prefix: string, env: NodeJS.ProcessEnv): Record<string, string> {
  const found = Object.entries(env).filter(([name, value]) => name.startsWith(prefix) && value);
  return Object.fromEntries(found) as Record<string, string>;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the database';
}
