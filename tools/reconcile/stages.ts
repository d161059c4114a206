import type { Stage } from '#contracts/contract.js';
import {
  onboardingActivated,
  onboardingAnswered,
  onboardingCancelled,
  onboardingErased,
  onboardingParked,
  onboardingRegistered,
  onboardingRejected,
  type Answered,
  type Erased,
  type Registered,
} from '#contracts/events.js';
import { factOf, journey } from '#contracts/journey.js';
import { onboardingRequested } from '#contracts/requested.js';
import type { Standing, Stages } from './told.js';

const stageOf: ReadonlyMap<string, Stage> = new Map(
  Object.entries(factOf).map(([stage, { type }]) => [type, stage as Stage]),
);
const ends: readonly string[] = [onboardingActivated, onboardingRejected, onboardingCancelled].map(
  ({ type }) => type,
);

const standingAfter: Partial<Record<string, Standing>> = {
  pause: 'paused',
  resume: 'active',
  replay: 'active',
  correct: 'active',
  resolve: 'active',
};

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
    return { categories: {}, register: { customerId, userId } };
  },
  erasedType: onboardingErased.type,
  standingOf: ({ type, data }) => {
    if (type === onboardingParked.type) return 'parked';
    const { outcome, command } = data as Answered;
    return type === onboardingAnswered.type && outcome === 'applied' ? standingAfter[command] : undefined;
  },
  appliedAgain: ({ type, data }) => {
    if (type === onboardingErased.type) return (data as Erased).commandId;
    const { outcome, command, commandId } = data as Answered;
    const isSignal = type === onboardingAnswered.type && outcome === 'applied' && command === 'approve';
    return isSignal ? commandId : undefined;
  },
};
