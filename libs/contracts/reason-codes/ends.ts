import { forOps, forUpstream } from './reason-code.js';

/** How an onboarding ends other than activated: the `code` of a rejection or of a cancelled state. */
export const ends = {
  request_invalid: forUpstream(
    'The request breaks one or more rules; `errors` lists all of them.',
    'Mend every error and send the request with a new request id.',
  ),
  already_a_customer: forUpstream(
    'FinHub already has a customer with this e-mail address or registration number.',
    'Do not onboard the applicant again; look the customer up at FinHub.',
  ),
  verification_rejected: forUpstream(
    'FinHub rejected the verification, by itself or by an officer there.',
    'Tell the applicant; a new attempt needs a new request.',
  ),
  category_unknown: forUpstream(
    'FinHub has no category of that name for this kind of applicant.',
    'Send a `categoryName` that the tenant has, or none.',
  ),
  cancelled_by_command: forOps(
    'The onboarding was cancelled by a command.',
    'See the cancelled event for what remains at FinHub, which cannot delete.',
  ),
} as const;
