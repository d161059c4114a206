import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#platform/clock.js';
import { createPool } from '#platform/database.js';
import { HealthRegistry } from '#platform/health.js';
import { kafkaConnection } from '#platform/kafka-connection.js';
import { LOGGER } from '#platform/logging.js';
import { SameDatabase } from '#stage/same-database.js';
import { OnboardingsController } from './api/onboardings.controller.js';
import { RebuildController } from './api/rebuild.controller.js';
import { TokenGuard, TRACKER_TOKEN } from './api/token.guard.js';
import { Generations } from './generations.js';
import { trackerMetrics } from './metrics.js';
import { Readers } from './readers.js';
import { Reads } from './reads.js';
import { readPublicKey, recordSealer } from './seal-record.js';
import type { TrackerSettings } from './settings.js';
import { contractTopics, type Topics } from './topics.js';
import { Tracker } from './tracker.js';

const SETTINGS = Symbol('TrackerSettings');
const TOPICS = Symbol('Topics');
const parkedInterval = 5_000;

/** Starts the tracker with the application and ends it with it; says in health and metrics how it is. */
@Injectable()
class TrackerLife implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tracker: Tracker,
    private readonly health: HealthRegistry,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SETTINGS) private readonly settings: TrackerSettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { database, readers } = this.tracker;
    this.health.add('database', database);
    this.health.add('kafka', () => readers.unready());
    this.health.add('lag', () => this.tooFarBehind(readers.lag));
    this.timer = setInterval(() => void this.measure(), parkedInterval);
    await this.tracker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.tracker.stop();
  }

  private tooFarBehind(lag = 0): string | undefined {
    return lag > this.settings.TRACKER_LAG_MAX ? `${lag} records behind the end of the topics` : undefined;
  }

  private async measure(): Promise<void> {
    const { readers, reads } = this.tracker;
    if (readers.lag !== undefined) trackerMetrics.lag.set(readers.lag);
    try {
      trackerMetrics.parked.set(await reads.parked());
    } catch (error) {
      this.logger.debug({ err: error }, 'the parked could not be counted');
    }
  }
}

@Module({})
export class TrackerModule {
  /** A spec may give topics of its own. */
  static for(settings: TrackerSettings, topics: Topics = contractTopics): DynamicModule {
    return {
      module: TrackerModule,
      controllers: [OnboardingsController, RebuildController],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: TOPICS, useValue: topics },
        { provide: TRACKER_TOKEN, useValue: settings.TRACKER_TOKEN },
        { provide: Tracker, useFactory: createTracker, inject: [SETTINGS, TOPICS, CLOCK, LOGGER] },
        { provide: Reads, useFactory: (tracker: Tracker) => tracker.reads, inject: [Tracker] },
        { provide: Generations, useFactory: (tracker: Tracker) => tracker.generations, inject: [Tracker] },
        { provide: Readers, useFactory: (tracker: Tracker) => tracker.readers, inject: [Tracker] },
        TokenGuard,
        TrackerLife,
      ],
    };
  }
}

async function createTracker(
  settings: TrackerSettings,
  ...[topics, clock, logger]: [Topics, Clock, Logger]
): Promise<Tracker> {
  const { DATABASE_URL, DATABASE_CONNECTIONS_MAX, VAULT_INTAKE_KEY, TRACKER_KEPT_DAYS } = settings;
  const onFatal = (sentence: string): never => {
    logger.fatal(sentence);
    process.exit(1);
  };
  const sameDatabase = new SameDatabase();
  sameDatabase.onOther = () => onFatal('Postgres has failed over, or its database was made anew');
  return new Tracker({
    pool: createPool(DATABASE_URL, {
      applicationName: 'tracker',
      schema: 'tracker',
      max: DATABASE_CONNECTIONS_MAX,
      onConnect: (client) => sameDatabase.check(client),
      onError: (error) => {
        logger.warn({ err: error }, 'a connection to Postgres broke');
      },
    }),
    kafka: kafkaConnection(settings),
    seal: await recordSealer(readPublicKey(VAULT_INTAKE_KEY)),
    topics,
    clock,
    logger,
    keptDays: TRACKER_KEPT_DAYS,
    onFatal,
  });
}
