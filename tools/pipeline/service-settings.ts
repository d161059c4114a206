import { givenSettings } from '#platform/settings.js';
import { loadVaultKeys, type VaultKeySettings } from '#vault/vault-keys.js';
import { isStage, urlForService, type DatabaseService } from '../setup/services.js';
import { settingsOfServices } from '../setup/settings-of-services.js';
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
  /** The user's environment: whatever a service can be told, and is not told by us, is handed on. */
  readonly env: NodeJS.ProcessEnv;
}

const schemas = new Map(await settingsOfServices());

/** The environment of a service: its own settings and nothing of the others. What we know goes before what the user sets. */
export function settingsOf(service: DatabaseService, at: PipelineAddresses): Record<string, string> {
  const { SERVICE_DATABASE_PASSWORD, TRACKER_TOKEN, ...vault } = at.secrets;
  const base = {
    ...(at.isFinhubSandbox && isStage(service) ? oneMachineTimes : {}),
    ...givenTo(service, at.env),
    DATABASE_URL: urlForService(at.databaseUrl, service, SERVICE_DATABASE_PASSWORD),
    KAFKA_BROKERS: at.brokers,
  };
  if (service === 'tracker') return { ...base, TRACKER_TOKEN, VAULT_INTAKE_KEY: publicHalfIn(vault) };
  const caller = {
    ...base,
    ...vault,
    // Nobody else sits at the sandbox. At any other FinHub officers decide, unless it is said otherwise.
    ...(at.isFinhubSandbox ? { FINHUB_APPROVAL: 'auto' } : {}),
    ...settingsUnder('FINHUB_', at.env),
    ...at.finhub,
  };
  if (service !== 'gateway') return caller;
  return {
    ...caller,
    TRACKER_TOKEN,
    TRACKER_URL: at.trackerUrl,
    ...(at.gatewayPublicUrl === undefined ? {} : { GATEWAY_PUBLIC_URL: at.gatewayPublicUrl }),
  };
}

/** The environment of the sandbox; a user may set `own` differently. */
export function settingsOfSandbox(
  own: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  return { ...own, ...givenTo('sandbox', env) };
}

/** What a user sets of a service's settings. Logs are JSON unless told otherwise; nobody else is to reach what runs here. */
function givenTo(service: string, env: NodeJS.ProcessEnv): Record<string, string> {
  const schema = schemas.get(service);
  const given = schema === undefined ? {} : givenSettings(schema, env);
  return { LOG_FORMAT: 'json', ...given, ...settingsUnder('OTEL_', env), HOST: '127.0.0.1' };
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
function publicHalfIn(vault: VaultKeySettings): string {
  const [{ publicKey }] = loadVaultKeys(vault).intakeKeys;
  return publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
}
