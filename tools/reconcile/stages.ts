import type { Stage } from '#contracts/contract.js';
import {
  onboardingActivated,
  onboardingCancelled,
  onboardingErased,
  onboardingRegistered,
  onboardingRejected,
  type Registered,
} from '#contracts/events.js';
import { factOf, journey } from '#contracts/journey.js';
import { onboardingRequested } from '#contracts/requested.js';
import type { Stages } from './told.js';

const stageOf: ReadonlyMap<string, Stage> = new Map(
  Object.entries(factOf).map(([stage, { type }]) => [type, stage as Stage]),
);
const ends: readonly string[] = [onboardingActivated, onboardingRejected, onboardingCancelled].map(
  ({ type }) => type,
);

/** The journey as the topics show it. */
export const stages: Stages = {
  nextOf: (type, kind) => {
    if (type === onboardingRequested.type) return journey[kind][0];
    const stage = stageOf.get(type);
    return stage === undefined ? undefined : journey[kind][journey[kind].indexOf(stage) + 1];
  },
  endOf: (type) => (ends.includes(type) ? 'ended' : stageOf.has(type) ? 'passed' : undefined),
  redone: ({ type, data }) => {
    // What follows these steps goes to the vault: whose customer it is and no password any more; the IBAN.
    if (type === onboardingActivated.type) return { readiness: {}, activate: { state: 'active' } };
    if (type !== onboardingRegistered.type) return undefined;
    const { customerId, userId } = data as Registered;
    return { register: { customerId, userId } };
  },
  erasedType: onboardingErased.type,
};
