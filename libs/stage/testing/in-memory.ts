import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { quickSettings, runtimeContractsOn } from '../../../test/stage-world.js';
import { Bulkheads } from '../bulkheads.js';
import type { RunRow } from '../run.js';
import { RunContext, type RunContextParts } from '../run-context.js';
import { rowOf } from '../worker.js';

/** When every row of these was claimed. */
export const startedAt = new Date('2030-01-01T00:00:00Z');

type Own = Partial<RunContextParts> & Pick<RunContextParts, 'journal' | 'clock' | 'breakers'>;

/** What runs have in common, without Kafka and Postgres. */
export function contextWith(own: Own): RunContext {
  return new RunContext({
    stage: 'registration',
    outbox: { publish: () => undefined },
    logger: pino({ level: 'silent' }),
    settings: quickSettings,
    contracts: runtimeContractsOn({ told: 'told', commands: 'commands' }),
    fingerprint: (input) => JSON.stringify(input),
    random: () => 0.5,
    bulkheads: new Bulkheads(own.clock, () => 100),
    hostOf: () => 'finhub',
    expectedWaitMs: () => 0,
    onCall: () => undefined,
    ...own,
  });
}

/** The row of a new onboarding, with nothing done yet. */
export function newRow(): RunRow {
  const onboardingId = randomUUID();
  return rowOf({
    event: {
      id: randomUUID(),
      type: 'spec.asked.v1',
      time: startedAt.toISOString(),
      onboardingId,
      tenantId: 'tenant-a',
      requestId: 'request-1',
      applicantKind: 'individual',
      stage: 'gateway',
      correlationId: onboardingId,
      data: {},
    },
    traceparent: null,
    hasCommands: false,
    databaseNow: startedAt,
  });
}
