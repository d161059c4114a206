import { forOps, forUpstream } from './reason-code.js';

/** Why an onboarding is parked, or waits: the `code` of a parked event and of a wait on the timeline. */
export const parkings = {
  in_doubt: forOps(
    'An answer of FinHub was lost, or is unclear, and nothing says whether the step happened.',
    'Look at FinHub, then `onboard resolve ID --step S --happened|--did-not-happen`.',
  ),
  attempts_exhausted: forOps(
    'A step failed as often, or for as long, as it may.',
    'Read the last answer, mend the cause or wait until FinHub is back, then replay.',
  ),
  verification_overdue: forOps(
    'Nobody decided the verification before its deadline.',
    'Ask the officer or FinHub; `onboard approve ID` or replay to wait anew.',
  ),
  documents_overdue: forUpstream(
    'Declared documents were not uploaded before the deadline.',
    'Upload them with PUT .../documents/{id}, then ask ops to replay.',
  ),
  document_unfit: forOps(
    'A document was uploaded that is not of its declared `mimeType`, too large for its declared `type`, or the same file as another of its `type`.',
    'Correct the declaration at the pointer that the last answer shows: its `mimeType`, or its `id`, to have the right file uploaded under that; then replay.',
  ),
  wallet_overdue: forOps(
    'The customer is active, but no wallet with an IBAN appeared before the deadline.',
    'Ask FinHub, then replay to look again.',
  ),
  activation_overdue: forOps(
    'FinHub did not become ready to activate, or did not finish activating, before the deadline.',
    'Read what is missing in the last answer, then replay.',
  ),
  misconfigured: forOps(
    'FinHub refuses our credentials, rights, order of calls or a value for a registered customer, or does not know what we name.',
    "Read the last answer and its code: check the tenant's FinHub settings and replay, or correct the value.",
  ),
  handler_failed: forOps(
    'The handler of the stage threw an error that is not a failure of FinHub.',
    'Find the error in the log by the onboarding id, mend its cause, then replay.',
  ),
  request_missing: forOps(
    'The vault holds no request of this onboarding, e.g. since a backup was restored.',
    'Have the upstream send the same request again, then replay.',
  ),
  vault_unreadable: forOps(
    'The vault cannot open the personal data of this onboarding: its key is not in `VAULT_KEYS`, or it was tampered with.',
    'Bring the key back into `VAULT_KEYS` of every stage, then replay.',
  ),
  unstorable: forOps(
    'Postgres cannot store what the stage wanted to record; of a dead letter: the record itself.',
    'Find the row in the log by the onboarding id, mend the code, then replay; for a dead letter ask its producer.',
  ),
  step_renamed: forOps(
    'A call may have happened under a name that the handler no longer has.',
    'Bring the old name back, or resolve the step under its old name.',
  ),
  input_changed: forOps(
    'A finished step would now run with another input.',
    'Undo the correction or the change of code, then replay.',
  ),
  waiting_for_verification: forOps(
    'The verification is not decided yet.',
    'Nothing: the stage looks again by itself.',
  ),
  waiting_for_documents: forUpstream(
    'Declared documents have not been uploaded yet.',
    'Upload them with PUT .../documents/{id}.',
  ),
  waiting_for_readiness: forOps(
    'FinHub does not call the customer ready to be activated yet.',
    'Nothing: the stage looks again by itself.',
  ),
  waiting_for_wallet: forOps(
    'The wallet with its IBAN has not appeared yet.',
    'Nothing: the stage looks again by itself.',
  ),
  waiting_for_evidence: forOps(
    'An answer was lost; a webhook of FinHub may still say what happened.',
    'Nothing until the deadline; then it is in doubt.',
  ),
} as const;
