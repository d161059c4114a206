import { commandAnswers } from './reason-codes/command-answers.js';
import { ends } from './reason-codes/ends.js';
import { finhubFailures } from './reason-codes/finhub-failures.js';
import { parkings } from './reason-codes/parkings.js';
import { deadLetterReasons, refusals } from './reason-codes/refusals.js';
import { ruleErrors } from './reason-codes/rule-errors.js';

/**
 * The catalogue of stable reason codes. A code never changes its meaning and is in one section only; `docs/errors.md` is
 * generated from here.
 */
export const reasonCodes = {
  ...ends,
  ...parkings,
  ...refusals,
  ...deadLetterReasons,
  ...commandAnswers,
  ...finhubFailures,
  ...ruleErrors,
} as const;

/** Any stable reason code. */
export type ReasonCode = keyof typeof reasonCodes;

/** Why an onboarding is parked, or what it waits for. */
export type ParkingCode = keyof typeof parkings;

/** Why a record became a dead letter. */
export type DeadLetterCode = keyof typeof deadLetterReasons | 'unstorable';

/** Why a command was refused. */
export type CommandAnswerCode = keyof typeof commandAnswers;

/** Why something was not taken in. */
export type RefusalCode = keyof typeof refusals;

/** The code of a broken rule in a request. */
export type RuleCode = keyof typeof ruleErrors;

/** The sections of the catalogue, as `docs/errors.md` shows them. */
export const reasonSections = [
  {
    title: 'Ends',
    about:
      "How an onboarding ends other than activated. Any other final no of FinHub's has the code of the failed call: `validation_failed`, `business_rule` or `conflict` (see Failures of calls).",
    reasons: ends,
  },
  {
    title: 'Parked and waiting',
    about: 'Why an onboarding is parked, or what it waits for.',
    reasons: parkings,
  },
  {
    title: 'Refusals',
    about: 'Why a request, an upload or a call of the gateway was not taken.',
    reasons: refusals,
  },
  {
    title: 'Dead letters',
    about: 'Why a record could not be read; `unstorable` is said of some too.',
    reasons: deadLetterReasons,
  },
  { title: 'Answers to commands', about: 'Why a command was refused.', reasons: commandAnswers },
  {
    title: 'Failures of calls',
    about: 'What a call to FinHub failed with; one attempt each.',
    reasons: finhubFailures,
  },
  {
    title: 'Rules',
    about: 'What is wrong with a request; all errors are reported at once.',
    reasons: ruleErrors,
  },
] as const;

/** The sentence of a code, e.g. for a terminal; the code itself when it is not in the catalogue. */
export function sentenceOf(code: string): string {
  return Object.hasOwn(reasonCodes, code) ? reasonCodes[code as ReasonCode].sentence : code;
}
