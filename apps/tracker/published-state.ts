import type { OnboardingState } from '#contracts/operational-topics.js';
import { standingOf } from './standing.rules.js';
import type { StoredOnboarding } from './stored.js';

/**
 * What the state topic says of an onboarding: `null`, a tombstone, once it is erased, and `undefined`, nothing, while no
 * request was admitted under its id.
 */
export function publishedStateOf({
  registers,
}: Pick<StoredOnboarding, 'registers'>): OnboardingState | null | undefined {
  if (registers.firstAt === undefined) return undefined;
  const { state, stage, code, since, customerId } = standingOf(registers);
  if (state === 'refused') return undefined;
  if (state === 'erased') return null;
  return {
    state,
    stage,
    ...(code === undefined ? {} : { code }),
    since,
    ...(customerId === undefined ? {} : { customerId }),
  };
}
