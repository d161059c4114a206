import { z } from 'zod';
import { databaseSettings, kafkaSettings, serviceSettings, wholeNumber } from '#platform/setting-kinds.js';
import { readPublicKey } from './seal-record.js';

/** Where the read model is kept, what fills it, and how unreadable records are sealed. */
const projectionSettings = {
  ...databaseSettings,
  ...kafkaSettings,
  VAULT_INTAKE_KEY: z.string().refine(isPublicKey, { error: 'expected base64 of a key (DER)' }).meta({
    description: "the vault's key, to seal unreadable records to; its public half alone (SPKI) is enough",
    example: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE...',
    isSecret: true,
  }),
};

/** What the tracker is told by its environment. */
export const trackerSettings = z.object({
  ...serviceSettings,
  ...projectionSettings,
  TRACKER_TOKEN: z.string().min(16, { error: 'expected at least 16 characters' }).meta({
    description: 'the bearer token that the API asks for; the same in the gateway',
    example: 'a-long-random-value',
    isSecret: true,
  }),
  TRACKER_KEPT_DAYS: wholeNumber(1, 3_650).default(90).meta({
    description:
      'days after which a settled onboarding, or a dead letter, is forgotten; the same in the gateway',
    example: '90',
  }),
  TRACKER_LAG_MAX: wholeNumber(1, 1_000_000_000).default(100_000).meta({
    description: 'records behind the end of the topics from which on the tracker is not ready',
    example: '100000',
  }),
});

/** What the rebuild command is told by its environment. */
export const rebuildSettings = z.object({
  LOG_LEVEL: serviceSettings.LOG_LEVEL,
  LOG_FORMAT: serviceSettings.LOG_FORMAT,
  ...projectionSettings,
});

export type TrackerSettings = z.output<typeof trackerSettings>;

function isPublicKey(text: string): boolean {
  try {
    return readPublicKey(text).type === 'public';
  } catch {
    return false;
  }
}
