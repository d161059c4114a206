import { forOps, forUpstream } from './reason-code.js';

/** What a call to FinHub failed with: the `code` of an attempt (CONTRACT.md b.5, d). */
export const finhubFailures = {
  rate_limited: forOps(
    'FinHub asked for fewer calls (429).',
    'Nothing: it is tried again when Retry-After says.',
  ),
  quota_used_up: forOps(
    "The tenant's quota of calls a second left no turn within the call's time limit.",
    'Nothing: it is tried again, and counts as no attempt.',
  ),
  uploads_full: forOps(
    "Other documents took all the bytes that may be under way, or all of the tenant's share, for half of the time that the call may take.",
    'Nothing: it is tried again, and counts as no attempt.',
  ),
  database_away: forOps(
    'What the call needs of the vault could not be read: Postgres was away, full or locked.',
    'Nothing: it is tried again, and counts as no attempt.',
  ),
  call_aborted: forOps(
    'The call was given up before it was sent.',
    'Nothing: it is made again by whoever goes on with the step.',
  ),
  connection_refused: forOps('FinHub took no connection.', 'Nothing: it is tried again.'),
  timed_out: forOps('FinHub did not answer in time.', 'Nothing: it is tried again, or looked up.'),
  connection_lost: forOps(
    'The connection broke before the answer.',
    'Nothing: it is tried again, or looked up.',
  ),
  unreadable_answer: forOps(
    "FinHub's answer cannot be read: no JSON, cut off, too large, or another shape.",
    'Compare the masked excerpt on the timeline with the contract.',
  ),
  unexpected_redirect: forOps('FinHub answered with a redirect.', 'Check FINHUB_BASE_URL.'),
  unexpected_status: forOps(
    'FinHub answered with a status that is not in the contract.',
    'Compare with the contract.',
  ),
  server_error: forOps(
    'FinHub answered with an error of its own (5xx).',
    'Nothing: it is tried again, or looked up.',
  ),
  unauthorized: forOps(
    'FinHub refuses our session, also a new one (401).',
    "Check the tenant's credentials.",
  ),
  forbidden: forOps('FinHub refuses our rights (403).', "Check the tenant's id, roles and credentials."),
  not_found: forOps(
    'FinHub does not know what the call names (404).',
    'Look it up at FinHub, which may have been reset, and check FINHUB_BASE_URL.',
  ),
  conflict: forOps(
    'FinHub says that it exists, or is in another state, already (409).',
    'Look it up at FinHub.',
  ),
  person_exists: forOps(
    'FinHub has a customer with the e-mail of this employee or director, or this shareholder, already (409).',
    'Look the person up at FinHub; correct the value, e.g. `/directors/0/person/email`, which replays.',
  ),
  request_refused: forOps(
    'FinHub refused a value of a call for a registered customer (400).',
    'Read the masked answer; correct the value, e.g. `/activationCode`, or compare with the contract, then replay.',
  ),
  already_exists: forUpstream(
    'FinHub has a customer with this e-mail or registration number already (409).',
    'Look it up at FinHub; do not register it again.',
  ),
  validation_failed: forUpstream(
    'FinHub refused a value (400).',
    'Read the masked answer; correct the value.',
  ),
  category_refused: forOps(
    "FinHub refuses the applicant's category, or what is sent for it (400).",
    'Read the masked answer; mend the categories at FinHub, or correct `/categoryName`, then replay.',
  ),
  business_rule: forUpstream('FinHub refused by a rule of its business (422).', 'Read the masked answer.'),
  headers_missing: forOps(
    'FinHub misses a header that every call must carry (400).',
    'An error of ours: compare with the contract.',
  ),
  prerequisite_missing: forOps(
    'FinHub misses an earlier step (422).',
    'An error of ours: compare with the contract.',
  ),
  circuit_open: forOps(
    'The endpoint failed too often; calls to it are held back for now.',
    'Nothing: one probe at a time finds out when it works again.',
  ),
  lease_too_short: forOps(
    'The lease would have ended before the call could.',
    'Nothing: the row is claimed and tried again.',
  ),
} as const;
