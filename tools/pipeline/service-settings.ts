import { createPrivateKey, createPublicKey } from 'node:crypto';
import { urlForService, type DatabaseService } from '../setup/services.js';
import type { Secrets } from './secrets.js';
import { settingsUnder } from './sources.js';

/** What the services have to be told, in one place: who gets which part is in {@link settingsOf}. */
export interface PipelineAddresses {
  readonly databaseUrl: string;
  readonly brokers: string;
  /** Every FINHUB_* setting. */
  readonly finhub: Readonly<Record<string, string>>;
  /** Whether FinHub is the sandbox that was started here. */
  readonly isFinhubSandbox: boolean;
  readonly trackerUrl: string;
  /** Where FinHub's webhooks reach the gateway; without it there are none. */
  readonly gatewayPublicUrl: string | undefined;
  readonly secrets: Secrets;
  /** The user's environment: KAFKA_* logins, FINHUB_*, LOG_*, OTEL_* of it are handed on. */
  readonly env: NodeJS.ProcessEnv;
}

/** The environment of a service: its own settings and nothing of the others. */
export function settingsOf(service: DatabaseService, at: PipelineAddresses): Record<string, string> {
  const { VAULT_KEYS, VAULT_HASH_KEY, VAULT_INTAKE_KEY, TRACKER_TOKEN } = at.secrets;
  const vault = { VAULT_KEYS, VAULT_HASH_KEY, VAULT_INTAKE_KEY };
  const base = {
    ...forEveryService(at.env),
    ...settingsUnder('KAFKA_', at.env),
    DATABASE_URL: urlForService(at.databaseUrl, service, at.secrets.SERVICE_DATABASE_PASSWORD),
    KAFKA_BROKERS: at.brokers,
  };
  if (service === 'tracker')
    return { ...base, TRACKER_TOKEN, VAULT_INTAKE_KEY: publicHalfOf(VAULT_INTAKE_KEY) };
  const caller = {
    ...base,
    ...vault,
    // Nobody else sits at the sandbox. At any other FinHub officers decide, unless it is said otherwise.
    ...(at.isFinhubSandbox ? { FINHUB_APPROVAL: 'auto' } : {}),
    ...settingsUnder('FINHUB_', at.env),
    ...at.finhub,
  };
  if (service !== 'gateway')
    return { ...caller, ...(at.isFinhubSandbox ? oneMachineTimes : {}), ...settingsUnder('STAGE_', at.env) };
  return {
    ...caller,
    TRACKER_TOKEN,
    TRACKER_URL: at.trackerUrl,
    ...(at.gatewayPublicUrl === undefined ? {} : { GATEWAY_PUBLIC_URL: at.gatewayPublicUrl }),
  };
}

/**
 * FinHub's sandbox is a process next door: what it has not done within seconds it will not do. So a lost answer is settled
 * while one watches. Of any other FinHub that is not known: settled too early, a call that is merely slow is made twice.
 */
const oneMachineTimes = {
  STAGE_CALL_LIMIT_MS: '3000',
  STAGE_SETTLE_MS: '1500',
  STAGE_EVIDENCE_MS: '5000',
} as const;

/** The tracker only seals: it gets the public half (SPKI, DER, base64) of the intake key. */
function publicHalfOf(intakeKey: string): string {
  const privateKey = createPrivateKey({
    key: Buffer.from(intakeKey, 'base64'),
    format: 'der',
    type: 'pkcs8',
  });
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64');
}

/** What a user may set for all of them at once; logs are JSON unless told otherwise. */
export function forEveryService(env: NodeJS.ProcessEnv): Record<string, string> {
  return { LOG_FORMAT: 'json', ...settingsUnder('LOG_', env), ...settingsUnder('OTEL_', env) };
}
