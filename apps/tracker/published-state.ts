import type { OnboardingState } from '#contracts/operational-topics.js';
import { standingOf } from './standing.rules.js';
import type { StoredOnboarding } from './stored.js';

/**
 * What the state topic says of an onboarding: `null`, a tombstone, once it is erased, and where a request that was seen
 * turned out to be refused. `undefined` while nothing happened at all.
 */
export function publishedStateOf({
  registers,
}: Pick<StoredOnboarding, 'registers'>): OnboardingState | null | undefined {
  if (registers.firstAt === undefined) return undefined;
  const { state, stage, code, since, customerId } = standingOf(registers);
  if (state === 'erased' || state === 'refused') return null;
  return {
    state,
    stage,
    ...(code === undefined ? {} : { code }),
    since,
    ...(customerId === undefined ? {} : { customerId }),
  };
}
