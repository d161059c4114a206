import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { FinhubClient } from '#finhub-client/client.js';
import { loadTenants, quotasOf } from '#finhub-client/settings.js';
import { Quota } from '#quota/quota.js';
import type { Clock } from '#platform/clock.js';
import { createPool } from '#platform/database.js';
import { kafkaConnection } from '#platform/kafka-connection.js';
import { Publisher } from '#stage/kafka-producer.js';
import { Vault } from '#vault/vault.js';
import { loadVaultKeys } from '#vault/vault-keys.js';
import { ApiKeyStore } from './api-keys/api-key-store.js';
import { KeyMaker } from './api-keys/key-maker.js';
import { KeyRing } from './api-keys/key-ring.js';
import { DocumentUpload } from './documents/document-upload.js';
import { UploadSlots } from './documents/upload-slots.js';
import { GatewayDatabase } from './gateway-database.js';
import { OnboardingFinder } from './onboardings/onboarding-finder.js';
import { Status } from './onboardings/status.js';
import { Submission } from './onboardings/submission.js';
import { UnpublishedStore } from './onboardings/unpublished-store.js';
import { UnpublishedSweeper } from './onboardings/unpublished-sweeper.js';
import { CommandAnswers } from './ops/command-answers.js';
import { BoundedPublisher } from './publishing/bounded-publisher.js';
import { GatewayRecords } from './publishing/gateway-records.js';
import type { GatewaySettings } from './settings.js';
import { TrackerClient } from './tracker/tracker-client.js';
import { SubscriptionKeeper, type KeeperParts } from './webhooks/subscription-keeper.js';
import { WebhookEventStore } from './webhooks/webhook-event-store.js';
import { WebhookReceiver } from './webhooks/webhook-receiver.js';

/** The part of the {@link Publisher} that the gateway uses. */
export type GatewayPublisher = Pick<Publisher, 'start' | 'stop' | 'publish' | 'backlog'>;

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Read for FINHUB_* where GATEWAY_PUBLIC_URL is set. */
  readonly env: NodeJS.ProcessEnv;
  /** Instead of one that connects to KAFKA_BROKERS. */
  readonly publisher?: GatewayPublisher | undefined;
}

/** The parts of the gateway, put together once per process. */
export type Gateway = ReturnType<typeof createGateway>;

const trackerTimeLimitMs = 3_000;

/** Puts the gateway together; nothing connects yet. Throws one sentence per setting that is wrong. */
export function createGateway(options: GatewayOptions) {
  const { settings, clock, logger } = options;
  const keys = loadVaultKeys(settings);
  const pool = poolOf(settings, logger);
  const database = new GatewayDatabase(pool);
  const vault = new Vault(pool, keys, clock);
  const kafka =
    options.publisher ?? new Publisher({ ...kafkaConnection(settings), clientId: 'gateway' }, logger);
  const publisher = new BoundedPublisher({
    ...{ publisher: kafka, clock, logger },
    timeLimitMs: settings.PUBLISH_TIME_LIMIT_MS,
    backlogMax: settings.PUBLISH_BACKLOG_MAX,
  });
  const records = new GatewayRecords(clock);
  const tracker = new TrackerClient({
    url: settings.TRACKER_URL,
    token: settings.TRACKER_TOKEN,
    timeLimitMs: trackerTimeLimitMs,
  });
  const apiKeys = new ApiKeyStore(database);
  const unpublished = new UnpublishedStore(database);
  const webhookEvents = new WebhookEventStore(database);
  const onboardings = new OnboardingFinder(vault, tracker);
  const { hashKey } = keys;
  return {
    ...{ pool, vault, kafka, publisher, records, tracker, apiKeys, onboardings },
    keyMaker: new KeyMaker(apiKeys, hashKey),
    keyRing: new KeyRing(apiKeys, clock, hashKey),
    submission: new Submission({ vault, unpublished, publisher, records, clock }),
    status: new Status({
      ...{ vault, tracker, onboardings, clock },
      trackerKeptDays: settings.TRACKER_KEPT_DAYS,
    }),
    documents: new DocumentUpload({
      ...{ vault, publisher, records },
      slots: slotsOf(settings),
      timeLimitMs: settings.UPLOAD_TIME_LIMIT_MS,
    }),
    commandAnswers: new CommandAnswers(tracker),
    webhooks: new WebhookReceiver({ vault, events: webhookEvents, publisher, records, hashKey, logger }),
    sweeper: new UnpublishedSweeper({
      unpublished,
      webhookEvents,
      vault,
      publisher: kafka,
      records,
      clock,
      logger,
    }),
    subscriptions: subscriptionsOf(options, { pool, hashKey, logger }),
  };
}

function poolOf(settings: GatewaySettings, logger: Logger): Pool {
  return createPool(settings.DATABASE_URL, {
    applicationName: 'gateway',
    schema: 'gateway',
    max: settings.DATABASE_CONNECTIONS_MAX,
    onError: (error) => {
      logger.warn({ err: error }, 'a connection to Postgres broke');
    },
  });
}

function slotsOf({ UPLOADS_MAX: uploadsMax, UPLOAD_BYTES_MAX: bytesMax }: GatewaySettings): UploadSlots {
  return new UploadSlots({ uploadsMax, bytesMax });
}

function subscriptionsOf(
  { settings, env, clock }: GatewayOptions,
  parts: Pick<KeeperParts, 'pool' | 'hashKey' | 'logger'>,
): SubscriptionKeeper | undefined {
  const { GATEWAY_PUBLIC_URL: publicUrl } = settings;
  if (publicUrl === undefined) return undefined;
  const tenants = loadTenants(env);
  const quota = new Quota({ ...parts, clock, perSecond: quotasOf(tenants) });
  return new SubscriptionKeeper({ ...parts, publicUrl, finhub: new FinhubClient(tenants, { quota }) });
}
