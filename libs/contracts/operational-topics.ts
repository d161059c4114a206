import { z } from 'zod';
import { defineContract } from './contract.js';

/** A record that could not be read, byte for byte and sealed, with where it came from. */
const deadLetter = z.strictObject({
  topic: z.string(),
  partition: z.int().min(0),
  offset: z.string(),
  consumer: z.string(),
  reason: z.string().max(400),
  sealed: z
    .string()
    .describe(
      "Compact JWE of `{key, value, headers}` (base64 each, `null` for a tombstone) to the vault's key.",
    ),
  bytes: z.int().min(0),
});
export type DeadLetter = z.infer<typeof deadLetter>;
/** Its envelope has a subject derived from where the record came from, tenant and request id `unreadable`. */
export const onboardingDeadLetter = defineContract<DeadLetter>({
  type: 'onboarding.dead-letter.v1',
  topic: 'onboarding.dead-letter.v1',
  summary: 'A record that could not be read; nothing of it is lost.',
  schema: deadLetter,
  example: {
    topic: 'onboarding.requested.v1',
    partition: 0,
    offset: '42',
    consumer: 'registration',
    reason: 'not_json',
    sealed: 'eyJ…',
    bytes: 12,
  },
});

/** A stage's process has stopped, or taken up again, a kind of step: it failed for everybody, not for one applicant. */
const circuit = z.strictObject({
  state: z.enum(['opened', 'closed']),
  step: z.string().describe('The kind of step, e.g. `upload`.'),
  trouble: z
    .enum(['failing', 'misconfigured'])
    .describe('`failing`: no answer, or errors. `misconfigured`: our set-up is refused.'),
  process: z.string().describe('Which process; every process decides for itself.'),
});
export type CircuitEvent = z.infer<typeof circuit>;
/** Its envelope has a subject derived from stage, step and tenant; the tenant is `all` where a whole host fails. */
export const onboardingCircuit = defineContract<CircuitEvent>({
  type: 'onboarding.circuit.v1',
  topic: 'onboarding.circuit.v1',
  summary:
    'A stage stopped calling an endpoint that fails for everybody, or calls it again; nobody is parked.',
  schema: circuit,
  example: { state: 'opened', step: 'upload', trouble: 'failing', process: 'host:4711:1f0c1b86' },
});

/** The latest state of each onboarding, compacted by key; a tombstone where there is none any more. */
const state = z.strictObject({
  state: z.enum([
    'admitted',
    'in_progress',
    'waiting',
    'parked',
    'paused',
    'activated',
    'rejected',
    'cancelled',
    'erased',
  ]),
  stage: z.string(),
  code: z.string().optional(),
  since: z.iso.datetime({ offset: true }),
  customerId: z.string().optional(),
});
export type OnboardingState = z.infer<typeof state>;
export const onboardingState = defineContract<OnboardingState>({
  type: 'onboarding.state.v1',
  topic: 'onboarding.state.v1',
  summary:
    'The latest state per onboarding, for those who want no history. A tombstone: it is erased (onboarding.erased.v1 tells so), was refused, or is settled and forgotten.',
  schema: state,
  example: { state: 'in_progress', stage: 'verification', since: '2030-01-01T00:00:00Z' },
});
