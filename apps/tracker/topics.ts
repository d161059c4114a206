import { allContracts } from '#contracts/all-contracts.js';
import type { Contract } from '#contracts/contract.js';
import { onboardingState } from '#contracts/operational-topics.js';

/** What is read, by topic: everything but the state topic, which is written here. */
export const contractOfTopic: ReadonlyMap<string, Contract> = new Map(
  allContracts
    .filter((contract) => contract.topic !== onboardingState.topic)
    .map((contract) => [contract.topic, contract]),
);
