import { z } from 'zod';
import { databaseSettings, kafkaSettings, serviceSettings, wholeNumber } from '#platform/setting-kinds.js';
import type { Settings } from '#platform/settings.js';
import { vaultSettings } from '#vault/vault-settings.js';

/** What the gateway is told by its environment. */
export const gatewaySettings = z.object({
  ...serviceSettings,
  ...databaseSettings,
  ...kafkaSettings,
  ...vaultSettings,
  TRACKER_URL: z
    .url({ protocol: /^https?$/u, error: 'expected an http:// or https:// URL' })
    .meta({ description: "the tracker's address", example: 'http://127.0.0.1:3009' }),
  TRACKER_TOKEN: z.string().min(16, { error: 'expected at least 16 characters' }).meta({
    description: 'the bearer token of the tracker; the same there',
    example: 'a-long-random-value',
    isSecret: true,
  }),
  TRACKER_KEPT_DAYS: wholeNumber(1, 3_650).default(90).meta({
    description: 'days for which the tracker keeps what is settled; the same there',
    example: '90',
  }),
  PUBLISH_TIME_LIMIT_MS: wholeNumber(100, 60_000).default(5_000).meta({
    description: 'how long an HTTP call waits for Kafka before it answers 503, in milliseconds',
    example: '5000',
  }),
  PUBLISH_BACKLOG_MAX: wholeNumber(1, 100_000).default(2_000).meta({
    description: 'records that may wait for Kafka in this process; over it calls are answered 503 at once',
    example: '2000',
  }),
  UPLOADS_MAX: wholeNumber(1, 1_000).default(16).meta({
    description: 'document uploads under way in this process at the same time',
    example: '16',
  }),
  UPLOAD_BYTES_MAX: wholeNumber(20 * 1024 * 1024, 4 * 1024 ** 3)
    .default(160 * 1024 * 1024)
    .meta({
      description: 'bytes of all uploads under way in this process',
      example: '167772160',
    }),
  UPLOAD_TIME_LIMIT_MS: wholeNumber(100, 3_600_000).default(600_000).meta({
    description: 'how long one document upload may take, in milliseconds',
    example: '600000',
  }),
  GATEWAY_PUBLIC_URL: z
    .url({ protocol: /^https?$/u, error: 'expected an http:// or https:// URL' })
    .optional()
    .meta({
      description: 'where FinHub reaches this gateway; where it is set, webhooks are subscribed to',
      example: 'https://onboarding.example.test',
    }),
});
export type GatewaySettings = Settings<typeof gatewaySettings>;
