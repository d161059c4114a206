import { z } from 'zod';

/** What several events are made of. */

export const id = z.string().min(1).max(200);
export const code = z.string().regex(/^[a-z][a-z0-9_]{1,60}$/u);
export const stepName = z.string().min(1).max(100);
export const exampleId = '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11';

/** What a finished stage did: one entry a step, so that the happy path costs one message a stage. */
export const stepSummarySchema = z.strictObject({
  name: stepName,
  tries: z.int().min(0).describe('Calls made, 1 when the first one succeeded.'),
  ms: z.number().min(0).describe('Milliseconds of the call that succeeded.'),
});
export const steps = z.array(stepSummarySchema).max(1000).optional();
export const exampleSteps = [{ name: 'register', tries: 1, ms: 41 }];

export type StepSummary = z.infer<typeof stepSummarySchema>;

/** One broken rule: where, its stable code, a sentence without the value. */
export const ruleErrorSchema = z.strictObject({
  pointer: z.string().max(300),
  code,
  message: z.string().max(500),
});
export type RuleError = z.infer<typeof ruleErrorSchema>;

/** What FinHub answered last: status and a masked excerpt, never personal data. */
export const lastAnswerSchema = z.strictObject({
  status: z.int().optional(),
  excerpt: z.string().max(500).optional(),
});
export type LastAnswer = z.infer<typeof lastAnswerSchema>;
