import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type Provider,
  type Type,
} from '@nestjs/common';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Stage } from '#contracts/contract.js';
import { journey, readsOfStage, usedUpByStep } from '#contracts/journey.js';
import { FinhubClient } from '#finhub-client/client.js';
import { loadTenants, quotasOf } from '#finhub-client/settings.js';
import { CLOCK, type Clock } from '#platform/clock.js';
import { createPool, waitForDatabase } from '#platform/database.js';
import { databaseCheck, HealthRegistry } from '#platform/health.js';
import { kafkaConnection } from '#platform/kafka-connection.js';
import { LOGGER } from '#platform/logging.js';
import type { ServiceDefinition } from '#platform/service.js';
import type { Settings } from '#platform/settings.js';
import { Quota } from '#quota/quota.js';
import type { Admission, CorrectionPlace, PersonalData, StageOptions } from '#stage/stage-options.js';
import { SameDatabase } from '#stage/same-database.js';
import { StageTransport } from '#stage/stage.transport.js';
import { checkKeys } from '#vault/check-keys.js';
import { loadVaultKeys } from '#vault/vault-keys.js';
import { Vault } from '#vault/vault.js';
import { Applicants } from './applicants.js';
import { runtimeContracts } from './runtime-contracts.js';
import { runtimeSettingsOf, type stageSettings } from './stage-settings.js';
import { VaultKeeper } from './vault-keeper.js';
import { VaultPersonalData } from './vault-personal-data.js';

type StageServiceSettings = Settings<typeof stageSettings>;

/** What makes one stage different from the next. */
export interface StageDefinition {
  readonly stage: Stage;
  readonly settings: typeof stageSettings;
  /** Nest controllers with methods under `@Handles`. They get {@link Vault}, {@link Applicants}, {@link FinhubClient}. */
  readonly handlers: readonly Type[];
  /** Which signals the handlers ask for: commands and evidence by webhook. */
  readonly signals?: readonly string[];
  /** Only the first stage admits requests. */
  readonly admission?: (vault: Vault, clock: Clock) => Admission;
  /** Called, maybe repeatedly, before an onboarding ends in this stage. */
  readonly whenEnded?: (vault: Vault, onboardingId: string) => Promise<void>;
  /** The vault's daily forgetting is done by one stage. */
  readonly keepsVault?: boolean;
  /** See the runtime's options. */
  readonly endCodes?: Readonly<Record<string, string>>;
}

const POOL = Symbol('Pool');
const QUOTA_POOL = Symbol('QuotaPool');

/** A stage as a service: its handlers over the runtime, the vault and FinHub, with the settings of the environment. */
export function stageService(definition: StageDefinition): ServiceDefinition<typeof stageSettings> {
  const { stage } = definition;
  return {
    name: stage,
    settings: definition.settings,
    module: (settings) => moduleOf(definition, settings),
    microservices: (app) => [app.get(StageTransport)],
    async prepare(settings, { logger, signal }) {
      const keys = loadVaultKeys(settings);
      loadTenants(process.env);
      const onWaiting = (sentence: string): void => {
        logger.warn(sentence);
      };
      await waitForDatabase(settings.DATABASE_URL, { signal, onWaiting });
      const pool = createPool(settings.DATABASE_URL, { applicationName: stage, schema: stage, max: 1 });
      await checkKeys(pool, keys).finally(() => pool.end());
    },
  };
}

function moduleOf(definition: StageDefinition, settings: StageServiceSettings): DynamicModule {
  const { stage } = definition;
  const keys = loadVaultKeys(settings);
  const sameDatabase = new SameDatabase();
  const pool = createPool(settings.DATABASE_URL, {
    applicationName: stage,
    schema: stage,
    max: settings.DATABASE_CONNECTIONS_MAX,
    statementTimeoutMs: 5_000,
    onConnect: (client) => sameDatabase.check(client),
  });
  // A slot of the quota is good for milliseconds: its lease must not wait behind other statements.
  const quotaPool = createPool(settings.DATABASE_URL, {
    applicationName: `${stage}-quota`,
    schema: stage,
    max: 1,
    statementTimeoutMs: 5_000,
  });
  const providers: Provider[] = [
    { provide: POOL, useValue: pool },
    { provide: Vault, useFactory: (clock: Clock) => new Vault(pool, keys, clock), inject: [CLOCK] },
    {
      provide: Applicants,
      useFactory: (vault: Vault, clock: Clock) => new Applicants(vault, clock),
      inject: [Vault, CLOCK],
    },
    { provide: QUOTA_POOL, useValue: quotaPool },
    { provide: Quota, useFactory: newQuota(quotaPool), inject: [CLOCK, LOGGER] },
    {
      provide: FinhubClient,
      useFactory: (clock: Clock, quota: Quota) => newClient(settings, clock, quota),
      inject: [CLOCK, Quota],
    },
    {
      provide: StageTransport,
      useFactory: (...[vault, quota, clock, logger]: [Vault, Quota, Clock, Logger]) => {
        const onFatal = (sentence: string): never => {
          logger.fatal(sentence);
          process.exit(1);
        };
        sameDatabase.onOther = () => onFatal('Postgres has failed over, or its database was made anew');
        return new StageTransport({
          kafka: kafkaConnection(settings),
          pool,
          clock,
          logger,
          onFatal,
          options: optionsOf(definition, settings, {
            vault,
            personalData: new VaultPersonalData(vault, keys),
            clock,
            quota,
          }),
        });
      },
      inject: [Vault, Quota, CLOCK, LOGGER],
    },
    ...(definition.keepsVault === true ? [vaultKeeper] : []),
  ];
  return { module: StageServiceModule, controllers: [...definition.handlers], providers };
}

const vaultKeeper: Provider = {
  provide: VaultKeeper,
  useFactory: (vault: Vault, logger: Logger) => new VaultKeeper(vault, logger),
  inject: [Vault, LOGGER],
};

function optionsOf(
  { stage, signals = [], endCodes, admission, whenEnded }: StageDefinition,
  settings: StageServiceSettings,
  {
    vault,
    personalData,
    clock,
    quota,
  }: { vault: Vault; personalData: PersonalData; clock: Clock; quota: Quota },
): StageOptions {
  const hosts = new Map(loadTenants(process.env).map(({ tenantId, baseUrl }) => [tenantId, baseUrl]));
  return {
    stage,
    contracts: runtimeContracts,
    hostOf: (tenantId) => hosts.get(tenantId) ?? '',
    expectedWaitMs: (tenantId) => quota.expectedWaitMs(tenantId),
    personalData,
    settings: runtimeSettingsOf(settings),
    endsJourney: journey.individual.at(-1) === stage,
    signals,
    isCorrectable: (pointer, at) => isCorrectableIn(stage, pointer, at),
    ...(endCodes === undefined ? {} : { endCodes }),
    ...(admission === undefined ? {} : { admission: admission(vault, clock) }),
    ...(whenEnded === undefined
      ? {}
      : { whenEnded: (onboardingId: string) => whenEnded(vault, onboardingId) }),
  };
}

function newClient(settings: StageServiceSettings, clock: Clock, quota: Quota): FinhubClient {
  const connections = settings.STAGE_IN_FLIGHT_MAX;
  return new FinhubClient(loadTenants(process.env), { clock, connections, quota });
}

function newQuota(pool: pg.Pool): (clock: Clock, logger: Logger) => Quota {
  const perSecond = quotasOf(loadTenants(process.env));
  return (clock, logger) => new Quota({ pool, clock, logger, perSecond });
}

/** A value that an earlier stage of the journey has used, or a finished step of this one, can't be corrected any more. */
export function isCorrectableIn(
  stage: Stage,
  pointer: string,
  { applicantKind, finishedSteps }: CorrectionPlace,
): boolean {
  const stages = journey[applicantKind];
  const before = stages.slice(0, Math.max(stages.indexOf(stage), 0));
  const used = [
    ...before.flatMap((earlier) => readsOfStage[earlier]),
    ...finishedSteps.flatMap((step) => usedUpByStep[step] ?? []),
  ];
  const isUnder = (read: string) =>
    pointer === read || pointer.startsWith(`${read}/`) || read.startsWith(`${pointer}/`);
  return !used.some(isUnder);
}

@Module({})
class StageServiceModule implements OnApplicationShutdown {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    @Inject(QUOTA_POOL) private readonly quotaPool: pg.Pool,
    private readonly finhub: FinhubClient,
    transport: StageTransport,
    health: HealthRegistry,
  ) {
    health.add('kafka', () => transport.unready());
    health.addNote('circuits', () => transport.note());
    health.add('database', databaseCheck(pool));
  }

  /** After the transport has given back what it held. */
  async onApplicationShutdown(): Promise<void> {
    await this.finhub.close();
    await this.quotaPool.end();
    await this.pool.end();
  }
}
