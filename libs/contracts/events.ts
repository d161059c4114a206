import { z } from 'zod';
import { onboardingAnswered, onboardingErased } from './command-events.js';
import { defineContract } from './contract.js';
import {
  code,
  exampleId,
  exampleSteps,
  id,
  lastAnswerSchema,
  ruleErrorSchema,
  stepName,
  steps,
} from './event-parts.js';

export { onboardingAnswered, onboardingErased };
export type { Answered, Erased } from './command-events.js';
export { ruleErrorSchema } from './event-parts.js';
export type { LastAnswer, RuleError, StepSummary } from './event-parts.js';

/**
 * Every event. None carries personal data: ids, codes, counts and times only. `applicantkind`, tenant and request id are
 * in the envelope.
 */

const userId = id
  .optional()
  .describe("The customer's first user; absent where FinHub's answer named none (U4).");

const registered = z.strictObject({ customerId: id, userId, steps });
export type Registered = z.infer<typeof registered>;
export const onboardingRegistered = defineContract<Registered>({
  type: 'onboarding.registered.v1',
  topic: 'onboarding.registered.v1',
  summary: 'FinHub has the customer, whose id is known.',
  schema: registered,
  example: { customerId: exampleId, userId: exampleId, steps: exampleSteps },
});

const actingUserId = id.describe(
  "Who acts for the customer at FinHub: its own user, for an organization its first `ADMIN_USER` (U37); the tenant's admin where FinHub named none. Never the customer's id.",
);

const staffed = z.strictObject({
  customerId: id,
  userId,
  actingUserId,
  employees: z.int().min(1),
  directors: z.int().min(1),
  shareholders: z.int().min(1),
  steps,
});
export type Staffed = z.infer<typeof staffed>;
export const onboardingStaffed = defineContract<Staffed>({
  type: 'onboarding.staffed.v1',
  topic: 'onboarding.staffed.v1',
  summary: 'An organization has its employees, directors and shareholders at FinHub.',
  schema: staffed,
  example: {
    customerId: exampleId,
    userId: exampleId,
    actingUserId: exampleId,
    employees: 2,
    directors: 1,
    shareholders: 2,
    steps: [{ name: 'employee:0', tries: 1, ms: 38 }],
  },
});

const verified = z.strictObject({
  customerId: id,
  userId,
  actingUserId,
  verificationId: id,
  decidedBy: z
    .enum(['finhub', 'policy', 'officer'])
    .describe(
      "Who decided: FinHub by itself, our admin session by the tenant's policy, or an officer's command.",
    ),
  documents: z.int().min(0),
  steps,
});
export type Verified = z.infer<typeof verified>;
export const onboardingVerified = defineContract<Verified>({
  type: 'onboarding.verified.v1',
  topic: 'onboarding.verified.v1',
  summary: 'The verification is approved.',
  schema: verified,
  example: {
    customerId: exampleId,
    userId: exampleId,
    actingUserId: exampleId,
    verificationId: exampleId,
    decidedBy: 'policy',
    documents: 2,
    steps: [{ name: 'open-verification', tries: 1, ms: 30 }],
  },
});

const consentType = z.enum(['terms', 'privacy', 'data-processing']);
const consented = z.strictObject({
  customerId: id,
  userId,
  actingUserId,
  consents: z
    .array(
      z.strictObject({
        type: consentType,
        version: z.string().max(50),
        acceptedAt: z.iso.datetime({ offset: true }),
      }),
    )
    .max(3),
  steps,
});
export type Consented = z.infer<typeof consented>;
export const onboardingConsented = defineContract<Consented>({
  type: 'onboarding.consented.v1',
  topic: 'onboarding.consented.v1',
  summary: 'The three consents are accepted.',
  schema: consented,
  example: {
    customerId: exampleId,
    userId: exampleId,
    actingUserId: exampleId,
    consents: [{ type: 'terms', version: '1.0', acceptedAt: '2030-01-01T00:00:00Z' }],
    steps: [{ name: 'consent:terms', tries: 1, ms: 20 }],
  },
});

const activated = z.strictObject({ customerId: id, walletId: id, steps });
export type Activated = z.infer<typeof activated>;
export const onboardingActivated = defineContract<Activated>({
  type: 'onboarding.activated.v1',
  topic: 'onboarding.activated.v1',
  summary: 'The end that everyone wants: the customer is active and has an IBAN (which is in the vault).',
  schema: activated,
  example: { customerId: exampleId, walletId: exampleId, steps: [{ name: 'activate', tries: 1, ms: 55 }] },
});

const rejected = z.strictObject({
  code,
  by: z
    .enum(['finhub', 'rules'])
    .describe("Whose no: FinHub's, also where its officer said it, or our rules'."),
  step: stepName.optional(),
  errors: z.array(ruleErrorSchema).max(1000).optional(),
  customerId: id.optional(),
  steps,
});
export type Rejected = z.infer<typeof rejected>;
export const onboardingRejected = defineContract<Rejected>({
  type: 'onboarding.rejected.v1',
  topic: 'onboarding.rejected.v1',
  summary: 'A final no, by FinHub or by our rules.',
  schema: rejected,
  example: {
    code: 'request_invalid',
    by: 'rules',
    errors: [
      { pointer: '/shareholders', code: 'shares_not_100', message: 'The shares sum to 90, not to 100.' },
    ],
  },
});

const parked = z.strictObject({
  code,
  step: stepName.optional(),
  isInDoubt: z
    .boolean()
    .describe('True when an answer was lost and nothing says what happened: `resolve` it.'),
  attempts: z.int().min(0),
  lastAnswer: lastAnswerSchema.optional(),
});
export type Parked = z.infer<typeof parked>;
export const onboardingParked = defineContract<Parked>({
  type: 'onboarding.parked.v1',
  topic: 'onboarding.parked.v1',
  summary: 'Stopped, waiting for a human, with the reason.',
  schema: parked,
  example: {
    code: 'attempts_exhausted',
    step: 'register',
    isInDoubt: false,
    attempts: 8,
    lastAnswer: { status: 503 },
  },
});

const cancelled = z.strictObject({
  by: z.string().max(200),
  why: z.string().max(500),
  remains: z
    .array(
      z.strictObject({
        step: stepName,
        isKnown: z.boolean(),
        result: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .max(1000)
    .describe(
      'What remains at FinHub, which cannot delete: step and the ids it gave; `isKnown` false where an answer was lost.',
    ),
  steps,
});
export type Cancelled = z.infer<typeof cancelled>;
export const onboardingCancelled = defineContract<Cancelled>({
  type: 'onboarding.cancelled.v1',
  topic: 'onboarding.cancelled.v1',
  summary: 'Ended by a command; says what remains at FinHub.',
  schema: cancelled,
  example: {
    by: 'ops@example',
    why: 'the applicant withdrew',
    remains: [{ step: 'register', isKnown: true, result: { customerId: exampleId } }],
  },
});

const refused = z.strictObject({ code, errors: z.array(ruleErrorSchema).max(1000).optional() });
export type Refused = z.infer<typeof refused>;
export const onboardingRefused = defineContract<Refused>({
  type: 'onboarding.refused.v1',
  topic: 'onboarding.refused.v1',
  summary: 'Not admitted: malformed, or the same id with another body. Ends nothing, reserves no id.',
  schema: refused,
  example: { code: 'request_conflict' },
});

const attempt = z.strictObject({
  kind: z.enum(['failed', 'waiting']),
  step: stepName,
  attempt: z.int().min(1),
  code,
  status: z.int().optional(),
  latencyMs: z.number().min(0).optional(),
  nextAt: z.iso.datetime({ offset: true }).optional().describe('When the stage looks again.'),
  deadlineAt: z.iso.datetime({ offset: true }).optional().describe('When it stops waiting and parks.'),
  lastAnswer: lastAnswerSchema.optional(),
});
export type Attempt = z.infer<typeof attempt>;
export const onboardingAttempt = defineContract<Attempt>({
  type: 'onboarding.attempt.v1',
  topic: 'onboarding.attempt.v1',
  summary: 'An attempt that failed, or a wait that began.',
  schema: attempt,
  example: {
    kind: 'failed',
    step: 'register',
    attempt: 1,
    code: 'rate_limited',
    status: 429,
    latencyMs: 12,
    nextAt: '2030-01-01T00:00:01Z',
  },
});

/** Every event that stages and gateway publish, for consumers that read them all. */
export const allEvents = [
  onboardingRegistered,
  onboardingStaffed,
  onboardingVerified,
  onboardingConsented,
  onboardingActivated,
  onboardingRejected,
  onboardingParked,
  onboardingCancelled,
  onboardingRefused,
  onboardingAttempt,
  onboardingAnswered,
  onboardingErased,
] as const;
