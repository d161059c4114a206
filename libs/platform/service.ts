import 'reflect-metadata';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger as NestLogger } from 'nestjs-pino';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { answerClientErrors } from './client-errors.js';
import { bodyParserErrors } from './body-parser-errors.js';
import { fatalSentences } from './fatal.js';
import { HealthRegistry } from './health.js';
import { logContextPerRequest } from './log-context.js';
import { createLogger } from './logging.js';
import { startMetrics } from './metrics.js';
import { PlatformModule } from './platform-module.js';
import { ProblemDetailsFilter } from './problem-details.js';
import type { serviceSettings } from './setting-kinds.js';
import { loadSettings, maskedSettings, type Settings } from './settings.js';
import { stopOnSignal, type ProcessHost } from './shutdown.js';
import { traceRequests } from './trace-requests.js';
import { startTracing, type Tracing } from './tracing.js';

/** A schema of settings that holds at least {@link serviceSettings}. */
export type ServiceSchema = z.ZodObject<typeof serviceSettings & z.core.$ZodLooseShape>;
type BaseSettings = z.output<z.ZodObject<typeof serviceSettings>>;

/** What makes one service different from the next. */
export interface ServiceDefinition<Schema extends ServiceSchema> {
  readonly name: string;
  /** Spread `serviceSettings` into it. */
  readonly settings: Schema;
  /** The root module; what it throws (a wrong key, wiring) is printed as the reason why the service cannot start. */
  module(settings: Settings<Schema>): Type | DynamicModule;
  /** Waits for what must be there before anything is built, e.g. `waitForDatabase`; `signal` aborts on shutdown. */
  prepare?(settings: Settings<Schema>, tools: { logger: Logger; signal: AbortSignal }): Promise<void>;
  /** Transports, started once HTTP listens. */
  microservices?(app: NestExpressApplication): CustomTransportStrategy[];
  /** Adds to the HTTP side before it listens: pages, limits of other parsers. */
  http?(app: NestExpressApplication, settings: Settings<Schema>): void;
  /** JSON bodies: the largest taken (100 kB), and whether `request.rawBody` keeps the bytes (no). */
  readonly json?: { readonly limitBytes?: number; readonly keepsRaw?: boolean };
}

/** A service that is up. */
export interface RunningService {
  /** The port that it really listens on. */
  readonly port: number;
  readonly app: NestExpressApplication;
}

/**
 * Starts a service whole or not at all: settings, logs, traces, `prepare`, Nest, HTTP with `/health` and `/metrics`, then
 * the transports; only then it is ready, logs `ready` and sends `{ type: 'ready', service, port }` to a parent process.
 * Whatever fails before is printed as one sentence per mistake (its stack is logged at `debug`) and ends the process with
 * exit code 1. SIGTERM and SIGINT end it within two seconds with 0, after {@link HealthRegistry} said that it is stopping.
 *
 * Close what others still need while stopping (pools, producers) in `onApplicationShutdown`: it runs after HTTP and the
 * transports are closed.
 */
export async function startService<Schema extends ServiceSchema>(
  definition: ServiceDefinition<Schema>,
  host: ProcessHost = process,
): Promise<RunningService | undefined> {
  const service = new Service(definition, host);
  try {
    return await service.start();
  } catch (error) {
    if (service.isStopping) return undefined;
    service.logger?.debug({ err: error }, 'cannot start');
    host.stderr.write(fatalSentences(definition.name, error));
    host.exit(1);
    return undefined;
  }
}

class Service<Schema extends ServiceSchema> {
  /** There once the settings are read. */
  logger: Logger | undefined;
  private readonly stopping = new AbortController();
  private app: NestExpressApplication | undefined;
  private tracing: Tracing | undefined;

  constructor(
    private readonly definition: ServiceDefinition<Schema>,
    private readonly host: ProcessHost,
  ) {}

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  async start(): Promise<RunningService> {
    const { name, settings: schema } = this.definition;
    const settings = loadSettings(schema, this.host.env) as Settings<Schema> & BaseSettings;
    const logger = createLogger(name, settings);
    this.logger = logger;
    this.watchProcess(logger);
    logger.info({ settings: maskedSettings(schema, settings) }, 'starting');
    startMetrics(name);
    this.tracing = await startTracing(name, settings);
    await this.definition.prepare?.(settings, { logger, signal: this.stopping.signal });
    const app = await this.build(settings, logger);
    await app.listen(settings.PORT, settings.HOST);
    await app.startAllMicroservices();
    return this.announce(app, logger);
  }

  private async build(settings: Settings<Schema>, logger: Logger): Promise<NestExpressApplication> {
    const { definition } = this;
    const app = await NestFactory.create<NestExpressApplication>(
      rootModule(definition.module(settings), logger),
      {
        abortOnError: false,
        autoFlushLogs: false,
        bodyParser: false,
        bufferLogs: true,
        rawBody: definition.json?.keepsRaw ?? false,
      },
    );
    this.app = app;
    app.useLogger(app.get(NestLogger));
    app.flushLogs();
    app.disable('x-powered-by');
    app.useGlobalFilters(new ProblemDetailsFilter());
    answerClientErrors(app.getHttpServer());
    app.use(traceRequests);
    app.use(logContextPerRequest);
    app.useBodyParser('json', { limit: definition.json?.limitBytes ?? 100_000 });
    app.use(bodyParserErrors);
    definition.http?.(app, settings);
    for (const strategy of definition.microservices?.(app) ?? [])
      app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    return app;
  }

  private announce(app: NestExpressApplication, logger: Logger): RunningService {
    const { port, address } = app.getHttpServer().address() as AddressInfo;
    app.get(HealthRegistry).markStarted();
    logger.info({ port, host: address }, 'ready');
    this.host.send?.({ type: 'ready', service: this.definition.name, port });
    return { port, app };
  }

  private watchProcess(logger: Logger): void {
    for (const event of ['unhandledRejection', 'uncaughtException'])
      this.host.on(event, (error) => {
        logger.fatal({ err: error }, event);
        this.host.exit(1);
      });
    stopOnSignal(this.host, async (reason) => {
      logger.info({ reason }, 'stopping');
      this.stopping.abort();
      this.app?.get(HealthRegistry).markStopping();
      await this.app?.close();
      await this.tracing?.shutdown();
    });
  }
}

function rootModule(module: Type | DynamicModule, logger: Logger): DynamicModule {
  return { module: RootModule, imports: [PlatformModule.for(logger), module] };
}

@Module({})
class RootModule {}
