import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
  type Type,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#platform/clock.js';
import { databaseCheck, HealthRegistry } from '#platform/health.js';
import { LOGGER } from '#platform/logging.js';
import { Vault } from '#vault/vault.js';
import { ApiKeyController } from './api-keys/api-key.controller.js';
import { ApiKeyStore } from './api-keys/api-key-store.js';
import { KeyMaker } from './api-keys/key-maker.js';
import { KeyRing } from './api-keys/key-ring.js';
import { DocumentController } from './documents/document.controller.js';
import { DocumentUpload } from './documents/document-upload.js';
import { createGateway, type Gateway, type GatewayOptions } from './gateway.js';
import { IntakeKeyController } from './onboardings/intake-key.controller.js';
import { OnboardingFinder } from './onboardings/onboarding-finder.js';
import { Status } from './onboardings/status.js';
import { StatusController } from './onboardings/status.controller.js';
import { Submission } from './onboardings/submission.js';
import { SubmissionController } from './onboardings/submission.controller.js';
import { CommandAnswers } from './ops/command-answers.js';
import { CommandController } from './ops/command.controller.js';
import { CorrectionController } from './ops/correction.controller.js';
import { HoldController } from './ops/hold.controller.js';
import { ParkedWorkController } from './ops/parked-work.controller.js';
import { BoundedPublisher } from './publishing/bounded-publisher.js';
import { GatewayRecords } from './publishing/gateway-records.js';
import { TrackerClient } from './tracker/tracker-client.js';
import { WebhookController } from './webhooks/webhook.controller.js';
import { WebhookReceiver } from './webhooks/webhook-receiver.js';

/** The injection token of the {@link Gateway}. */
export const GATEWAY = Symbol('Gateway');

const controllers = [
  SubmissionController,
  IntakeKeyController,
  StatusController,
  DocumentController,
  CommandController,
  CorrectionController,
  HoldController,
  ParkedWorkController,
  ApiKeyController,
  WebhookController,
];

const parts: Provider[] = [
  part(Vault, ({ vault }) => vault),
  part(TrackerClient, ({ tracker }) => tracker),
  part(BoundedPublisher, ({ publisher }) => publisher),
  part(GatewayRecords, ({ records }) => records),
  part(ApiKeyStore, ({ apiKeys }) => apiKeys),
  part(KeyMaker, ({ keyMaker }) => keyMaker),
  part(KeyRing, ({ keyRing }) => keyRing),
  part(OnboardingFinder, ({ onboardings }) => onboardings),
  part(Submission, ({ submission }) => submission),
  part(Status, ({ status }) => status),
  part(DocumentUpload, ({ documents }) => documents),
  part(CommandAnswers, ({ commandAnswers }) => commandAnswers),
  part(WebhookReceiver, ({ webhooks }) => webhooks),
];

/** The door for upstreams without Kafka, for ops, and for FinHub's webhooks. */
@Module({})
export class GatewayModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private isConnected = false;

  constructor(
    @Inject(GATEWAY) private readonly gateway: Gateway,
    private readonly health: HealthRegistry,
  ) {}

  static for(options: Pick<GatewayOptions, 'settings' | 'env' | 'publisher'>): DynamicModule {
    const create = (clock: Clock, logger: Logger) => createGateway({ ...options, clock, logger });
    return {
      module: GatewayModule,
      controllers,
      providers: [{ provide: GATEWAY, useFactory: create, inject: [CLOCK, LOGGER] }, ...parts],
    };
  }

  /** Kafka is waited for in the background: what needs it is answered 503 until it is there. */
  onApplicationBootstrap(): void {
    const { kafka, pool, publisher, sweeper, subscriptions } = this.gateway;
    this.health.add('kafka', () => (this.isConnected ? publisher.unready() : 'Kafka has not answered yet'));
    this.health.add('database', databaseCheck(pool));
    void kafka.start().then(() => {
      this.isConnected = true;
    });
    sweeper.start();
    subscriptions?.start();
  }

  /** The publisher first: who still waits for it needs the pool. What it gives up is in the outbox. */
  async onApplicationShutdown(): Promise<void> {
    const { kafka, pool, tracker, sweeper, subscriptions } = this.gateway;
    sweeper.stop();
    await Promise.all([kafka.stop(), tracker.close(), subscriptions?.stop()]);
    await pool.end();
  }
}

function part<Part>(token: Type<Part>, of: (gateway: Gateway) => Part): Provider {
  return { provide: token, useFactory: of, inject: [GATEWAY] };
}
