import { allContracts } from '#contracts/all-contracts.js';
import type { Contract } from '#contracts/contract.js';
import { onboardingCircuit, onboardingState } from '#contracts/operational-topics.js';

/** Which topics are read, each with its contract, and which one is written. */
export interface Topics {
  readonly read: ReadonlyMap<string, Contract>;
  readonly state: string;
}

/** Every topic that tells of onboardings; the state topic is the one that is written here. */
export const contractTopics: Topics = {
  read: new Map(
    allContracts
      .filter(({ topic }) => topic !== onboardingState.topic && topic !== onboardingCircuit.topic)
      .map((contract) => [contract.topic, contract]),
  ),
  state: onboardingState.topic,
};
