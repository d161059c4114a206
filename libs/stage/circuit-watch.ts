import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { v5 as uuidv5 } from 'uuid';
import type { Stage } from '#contracts/contract.js';
import { toEnvelope } from '#contracts/envelope.js';
import type { Clock } from '#platform/clock.js';
import { checksumOf } from './checksum.js';
import { CircuitBreakers, type CircuitChange } from './circuit-breakers.js';
import type { OutgoingRecord } from './kafka-producer.js';
import { stageMetrics } from './stage-metrics.js';
import type { RuntimeContracts } from './stage-options.js';

export interface CircuitWatchParts {
  readonly stage: Stage;
  /** This process's name. */
  readonly owner: string;
  readonly contracts: RuntimeContracts;
  readonly holdMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly publish: (record: OutgoingRecord) => Promise<void>;
}

const namespace = '3f0c1b86-95b8-5f0e-8a57-0f4f7f0f2c55';

/** The process's circuit breakers, whose changes are told by metric, log and one event each. */
export function watchedCircuits(parts: CircuitWatchParts): CircuitBreakers {
  const { stage, holdMs, clock, logger } = parts;
  return new CircuitBreakers(clock, holdMs, (change) => {
    const { isOpen, stepKind: step, trouble, tenantId } = change;
    stageMetrics.openCircuits.inc({ stage, step, trouble }, isOpen ? 1 : -1);
    const alarm = isOpen ? { alarm: 'circuit_open' } : {};
    logger.warn({ tenantId, step, trouble, ...alarm }, isOpen ? 'work at a step stops' : 'work goes on');
    parts.publish(toRecord(parts, change)).catch((error: unknown) => {
      logger.warn({ err: error, step }, 'the change of a circuit could not be published');
    });
  });
}

/** For the health page; undefined when all circuits are closed. Names no tenant. */
export function sentenceOf(open: readonly CircuitChange[]): string | undefined {
  if (open.length === 0) return undefined;
  const steps = new Set(open.map(({ stepKind, trouble }) => `${stepKind} (${trouble})`));
  return `calls are held back: ${[...steps].join(', ')}`;
}

/** It is about no onboarding: its subject is the circuit. */
function toRecord(parts: CircuitWatchParts, change: CircuitChange): OutgoingRecord {
  const { stage, owner, contracts, clock } = parts;
  const { isOpen, stepKind, trouble, tenantId = 'all' } = change;
  const subject = uuidv5(`${stage}\n${stepKind}\n${tenantId}`, namespace);
  const event = {
    id: randomUUID(),
    type: contracts.circuit.type,
    time: clock.now().toISOString(),
    onboardingId: subject,
    tenantId,
    requestId: 'none',
    applicantKind: 'individual' as const,
    stage,
    correlationId: subject,
    data: { state: isOpen ? 'opened' : 'closed', step: stepKind, trouble, process: owner },
  };
  const value = JSON.stringify(toEnvelope(event));
  return { topic: contracts.circuit.topic, key: subject, value, headers: checksumOf(value) };
}
