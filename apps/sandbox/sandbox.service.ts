import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#platform/clock.js';
import { LOGGER } from '#platform/logging.js';
import type { ServiceDefinition } from '#platform/service.js';
import { noteArrivals } from './http/arrival.js';
import { RefusalFilter } from './http/refusal.filter.js';
import { SandboxModule } from './sandbox.module.js';
import { sandboxSettings } from './sandbox.settings.js';

/** 20 MB of a document are 27 MB of base64 (U41). */
const bodyMaxBytes = 30 * 1_024 * 1_024;

/** The sandbox as a service: what `main.ts` and the specs start. */
export const sandboxService: ServiceDefinition<typeof sandboxSettings> = {
  name: 'sandbox',
  settings: sandboxSettings,
  module: (settings) => SandboxModule.for(settings),
  json: { limitBytes: bodyMaxBytes },
  http: (app) => {
    noteArrivals(app.getHttpServer(), () => app.get<Clock>(CLOCK).now());
    app.disable('etag');
    app.useGlobalFilters(new RefusalFilter(app.get<Logger>(LOGGER)));
  },
};
