import { z } from 'zod';
import { defineContract } from './contract.js';

/**
 * Commands go to every stage; the one that holds the onboarding applies it between two steps and answers with
 * `onboarding.answered.v1`. They carry no personal data: a corrected value is in the vault, found by `correctionId`.
 */
const base = {
  commandId: z
    .uuid()
    .describe('One of its own for each command: a second one with the same id is taken for the first.'),
  by: z.string().min(1).max(200).describe("Who asks, e.g. the API key's name or an ops user."),
  why: z
    .string()
    .min(1)
    .max(500)
    .describe("A human's reason; it stays on the timeline and on topics: no personal data."),
};
const step = z.string().min(1).max(100);

/** Without white space and `@` it is no name and no e-mail; otherwise FinHub's ids are opaque (CONTRACT.md b.6). */
const idAtFinhub = z
  .string()
  .max(200)
  .regex(/^[^\s@]+$/u);

/** The ids that the `once` steps return, and nothing else: a human types it, and it goes to topics and tables as it is. */
export const stepResult = z
  .strictObject({
    customerId: idAtFinhub,
    userId: idAtFinhub,
    verificationId: idAtFinhub,
    documentId: idAtFinhub,
    directorId: idAtFinhub,
    shareholderId: idAtFinhub,
  })
  .partial()
  .describe(
    'The ids that the step would have returned, e.g. `{"customerId": "..."}`; needed where the handler needs them.',
  );

const command = z.discriminatedUnion('command', [
  z
    .strictObject({ command: z.literal('replay'), ...base })
    .describe('Take a parked onboarding up again where it stopped.'),
  z
    .strictObject({
      command: z.literal('correct'),
      ...base,
      pointer: z
        .string()
        .regex(/^(?:\/[^/]+)+$/u)
        .max(300),
      correctionId: z.uuid(),
    })
    .describe('Change what the request said (value in the vault), then replay. Only parked ones.'),
  z
    .strictObject({
      command: z.literal('resolve'),
      ...base,
      step,
      hasHappened: z.boolean(),
      result: stepResult.optional(),
    })
    .describe('A human says what became of a step in doubt.'),
  z.strictObject({ command: z.literal('cancel'), ...base }),
  z.strictObject({ command: z.literal('pause'), ...base }),
  z.strictObject({ command: z.literal('resume'), ...base }),
  z
    .strictObject({ command: z.literal('approve'), ...base })
    .describe("The tenant's officer decides the verification."),
  z
    .strictObject({ command: z.literal('erase'), ...base })
    .describe('Cancel if it is under way, then destroy the key of the personal data.'),
  z
    .strictObject({ command: z.literal('look-again'), ...base })
    .describe('Something changed at FinHub (a webhook): ask again now instead of when the wait is over.'),
  z
    .strictObject({
      command: z.literal('evidence'),
      ...base,
      kind: z.enum(['customer.created', 'verification.submitted']),
      occurredAt: z.iso.datetime({ offset: true }).describe("FinHub's time of the event."),
      customerId: z.string().min(1).max(200),
      verificationId: z.string().min(1).max(200).optional(),
    })
    .describe('What FinHub told us by a signed webhook and no call gives back.'),
]);

export type Command = z.infer<typeof command>;

export const onboardingCommand = defineContract<Command>({
  type: 'onboarding.command.v1',
  topic: 'onboarding.command.v1',
  summary: 'A request to act on an onboarding, by ops, the gateway or an officer.',
  schema: command,
  example: {
    command: 'replay',
    commandId: '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11',
    by: 'ops@example',
    why: 'FinHub is back',
  },
});
