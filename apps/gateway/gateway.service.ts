import type { NestExpressApplication } from '@nestjs/platform-express';
import { createPool, waitForDatabase } from '#platform/database.js';
import type { ServiceDefinition } from '#platform/service.js';
import { checkKeys } from '#vault/check-keys.js';
import { loadVaultKeys } from '#vault/vault-keys.js';
import { addDocumentation } from './documentation/documentation.js';
import { refuseUnboundRole } from './gateway-database.js';
import type { GatewayOptions } from './gateway.js';
import { GatewayModule } from './gateway.module.js';
import { answerHeaders } from './http/answer-headers.js';
import { gatewaySettings, type GatewaySettings } from './settings.js';

/** The largest request: 1 MB, which is what a Kafka record holds too. */
const requestBytesMax = 1024 * 1024;

/** The gateway as a service: it waits for Postgres, refuses wrong keys and rights, and serves HTTP. */
export function gatewayService(
  options: Pick<GatewayOptions, 'env' | 'publisher'>,
): ServiceDefinition<typeof gatewaySettings> {
  return {
    name: 'gateway',
    settings: gatewaySettings,
    json: { limitBytes: requestBytesMax, keepsRaw: true },
    module: (settings) => GatewayModule.for({ ...options, settings }),
    http: addHttpParts,
    async prepare(settings, { logger, signal }) {
      const keys = loadVaultKeys(settings);
      const onWaiting = (sentence: string): void => {
        logger.warn(sentence);
      };
      await waitForDatabase(settings.DATABASE_URL, { signal, onWaiting });
      const pool = createPool(settings.DATABASE_URL, {
        applicationName: 'gateway',
        schema: 'gateway',
        max: 1,
      });
      try {
        await refuseUnboundRole(pool);
        await checkKeys(pool, keys);
      } finally {
        await pool.end();
      }
    },
  };
}

/** After the limit of an upload, which is answered, Node ends what still comes. */
const requestTimeLimitSpareMs = 60_000;

function addHttpParts(app: NestExpressApplication, settings: GatewaySettings): void {
  app.getHttpServer().requestTimeout = settings.UPLOAD_TIME_LIMIT_MS + requestTimeLimitSpareMs;
  app.use(answerHeaders);
  addDocumentation(app);
}
