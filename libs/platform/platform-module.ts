import { Global, Module, type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { CLOCK, systemClock } from './clock.js';
import { HealthController, HealthRegistry } from './health.js';
import { LOGGER, httpLogging } from './logging.js';
import { MetricsController } from './metrics.js';

/** What every service has, for injection: {@link HealthRegistry}, {@link CLOCK}, {@link LOGGER}, health and metrics over HTTP. */
@Global()
@Module({})
export class PlatformModule {
  static for(logger: Logger): DynamicModule {
    return {
      module: PlatformModule,
      imports: [LoggerModule.forRoot(httpLogging(logger))],
      controllers: [HealthController, MetricsController],
      providers: [
        HealthRegistry,
        { provide: CLOCK, useValue: systemClock },
        { provide: LOGGER, useValue: logger },
      ],
      exports: [HealthRegistry, CLOCK, LOGGER],
    };
  }
}
