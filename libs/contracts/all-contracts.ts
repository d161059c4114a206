import { onboardingCommand } from './commands.js';
import type { Contract } from './contract.js';
import { allEvents } from './events.js';
import { onboardingCircuit, onboardingDeadLetter, onboardingState } from './operational-topics.js';
import { onboardingRequested } from './requested.js';

/** Every contract: topics, AsyncAPI and JSON Schemas are made from this list. */
export const allContracts: readonly Contract[] = [
  onboardingRequested,
  ...allEvents,
  onboardingCommand,
  onboardingState,
  onboardingDeadLetter,
  onboardingCircuit,
];
