import { onboardingCommand } from '#contracts/commands.js';
import {
  onboardingAnswered,
  onboardingAttempt,
  onboardingCancelled,
  onboardingErased,
  onboardingParked,
  onboardingRefused,
  onboardingRejected,
} from '#contracts/events.js';
import { onboardingCircuit, onboardingDeadLetter } from '#contracts/operational-topics.js';
import type { RuntimeContracts } from '#stage/stage-options.js';

/** The contracts of what the runtime itself publishes and consumes. */
export const runtimeContracts: RuntimeContracts = {
  attempt: onboardingAttempt,
  parked: onboardingParked,
  rejected: onboardingRejected,
  cancelled: onboardingCancelled,
  refused: onboardingRefused,
  answered: onboardingAnswered,
  erased: onboardingErased,
  deadLetter: onboardingDeadLetter,
  circuit: onboardingCircuit,
  command: onboardingCommand,
};
