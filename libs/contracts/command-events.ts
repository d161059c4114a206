import { z } from 'zod';
import { defineContract } from './contract.js';
import { code, exampleId } from './event-parts.js';

/** What becomes of commands. */

const answered = z.strictObject({
  commandId: z.uuid(),
  command: z.string().max(50),
  outcome: z
    .enum(['applied', 'refused'])
    .describe('`applied`: done; `refused`: not possible, see `code`; the timeline shows both.'),
  code: code.optional(),
  by: z.string().max(200),
  why: z.string().max(500),
});
export type Answered = z.infer<typeof answered>;
export const onboardingAnswered = defineContract<Answered>({
  type: 'onboarding.answered.v1',
  topic: 'onboarding.answered.v1',
  summary: 'What became of a command: by the stage that holds the onboarding.',
  schema: answered,
  example: {
    commandId: exampleId,
    command: 'replay',
    outcome: 'applied',
    by: 'ops@example',
    why: 'FinHub is back',
  },
});

const erased = z.strictObject({
  commandId: z.uuid(),
  by: z.string().max(200),
  why: z.string().max(500),
  places: z
    .array(z.strictObject({ place: z.string().max(200), found: z.string().max(500) }))
    .max(50)
    .describe('What was found where. Where an erasure does not reach is told too, as "not looked at: ...".'),
});
export type Erased = z.infer<typeof erased>;
export const onboardingErased = defineContract<Erased>({
  type: 'onboarding.erased.v1',
  topic: 'onboarding.erased.v1',
  summary: 'The key of the personal data is destroyed; says each place and what was found there.',
  schema: erased,
  example: {
    commandId: exampleId,
    by: 'dpo@example',
    why: 'the person asked for it',
    places: [
      { place: 'vault: request', found: '1 x request, destroyed' },
      { place: 'FinHub', found: 'not looked at: it deletes nothing' },
    ],
  },
});
