import { z } from 'zod';
import { databaseSettings, kafkaSettings, serviceSettings, wholeNumber } from '#platform/setting-kinds.js';
import { defaultRetryPolicy } from '#stage/retry.js';
import { defaultStageSettings, type StageSettings } from '#stage/stage-options.js';
import { vaultSettings } from '#vault/vault-settings.js';

/** What a stage's service is told by its environment; FinHub's settings are the client's (`FINHUB_*`). */
export const stageSettings = z.object({
  ...serviceSettings,
  ...databaseSettings,
  ...kafkaSettings,
  ...vaultSettings,
  STAGE_IN_FLIGHT_MAX: wholeNumber(1, 10_000)
    .default(defaultStageSettings.inFlightMax)
    .meta({ description: 'onboardings worked on at the same time', example: '200' }),
  STAGE_UNFINISHED_MAX: wholeNumber(10, 1_000_000).default(defaultStageSettings.unfinishedMax).meta({
    description: 'due and unfinished onboardings at which reading from Kafka pauses',
    example: '250000',
  }),
  STAGE_LEASE_MS: wholeNumber(12_000, 300_000).default(defaultStageSettings.leaseMs).meta({
    description: 'how long an onboarding stays with a process that says nothing more',
    example: '16000',
  }),
  STAGE_SETTLE_MS: wholeNumber(0, 600_000).default(defaultStageSettings.settleMs).meta({
    description: "how long after a call's time limit FinHub may still be doing it",
    example: '20000',
  }),
  STAGE_EVIDENCE_MS: wholeNumber(0, 86_400_000).default(defaultStageSettings.evidenceMs).meta({
    description: 'how long a webhook is waited for before an onboarding is in doubt',
    example: '120000',
  }),
  STAGE_CALL_LIMIT_MS: wholeNumber(500, 120_000).default(defaultStageSettings.callLimitMs).meta({
    description: 'how long a call to FinHub may take where its step says nothing else',
    example: '10000',
  }),
  STAGE_ATTEMPTS_MAX: wholeNumber(1, 1_000)
    .default(defaultRetryPolicy.attemptsMax)
    .meta({ description: 'attempts of a step before the onboarding is parked', example: '10' }),
  STAGE_RETRY_TOTAL_MS: wholeNumber(1_000, 86_400_000).default(defaultRetryPolicy.totalMsMax).meta({
    description: 'time from the first attempt, or the first failed look-up, after which a step is parked',
    example: '900000',
  }),
});

/** The runtime's bounds and times, from the environment's. */
export function runtimeSettingsOf(settings: z.output<typeof stageSettings>): StageSettings {
  return {
    ...defaultStageSettings,
    inFlightMax: settings.STAGE_IN_FLIGHT_MAX,
    unfinishedMax: settings.STAGE_UNFINISHED_MAX,
    leaseMs: settings.STAGE_LEASE_MS,
    settleMs: settings.STAGE_SETTLE_MS,
    evidenceMs: settings.STAGE_EVIDENCE_MS,
    callLimitMs: settings.STAGE_CALL_LIMIT_MS,
    retry: {
      ...defaultRetryPolicy,
      attemptsMax: settings.STAGE_ATTEMPTS_MAX,
      totalMsMax: settings.STAGE_RETRY_TOTAL_MS,
    },
  };
}
