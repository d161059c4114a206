import { forOps } from './reason-code.js';

/** Why a command was refused: the `code` of `onboarding.answered.v1`. */
export const commandAnswers = {
  not_parked: forOps('The onboarding is not parked.', 'Nothing to do; look at its status.'),
  not_paused: forOps('The onboarding is not paused.', 'Nothing to do; look at its status.'),
  not_in_doubt: forOps('The step is not in doubt.', 'Look at the step that the parking names.'),
  not_waiting: forOps('The onboarding does not wait for this.', 'Nothing to do; look at its status.'),
  already_ended: forOps('The onboarding has ended.', 'Nothing to do; a new attempt needs a new request.'),
  already_parked: forOps('The onboarding is parked already.', 'Replay, correct, resolve or cancel it.'),
  unknown_step: forOps('The stage has no such step under way.', 'Use the step that the parking names.'),
  step_in_doubt: forOps(
    'A call with the value may have happened: with another one it would not be found again, and would be made twice.',
    'Replay, so that it is looked for, or resolve the step; then correct.',
  ),
  unknown_correction: forOps('The vault holds no such correction.', 'Send the corrected value again.'),
  correction_settled: forOps('The correction was reverted.', 'Send the corrected value again.'),
  correction_unusable: forOps(
    'The request has no place for the value at that pointer.',
    'Use the pointer of a field that is there, or may be.',
  ),
  correction_refused: forOps(
    'The value is the input of a step that has finished, in this or an earlier stage.',
    'Cancel the onboarding and send a new request.',
  ),
  result_missing: forOps(
    'The step that happened needs its result to go on.',
    'Give it, e.g. `--result \'{"customerId":"..."}\'`.',
  ),
  on_hold: forOps(
    'A hold keeps the personal data from being erased.',
    'Release the hold when its reason is gone, then erase again.',
  ),
  command_failed: forOps(
    'The stage could not apply the command.',
    'Find the error in the log by the command id.',
  ),
} as const;
