import type { Finding } from '../seen.js';
import { standingOf, tellStanding } from '../standing.js';
import type { Story } from '../story.js';
import { nameOf } from './ends.js';

/** The last word of the state topic is what the events say; an erased onboarding has none. */
export function judgeStates(
  stories: readonly Story[],
  states: ReadonlyMap<string, string | null>,
): Finding[] {
  return stories.flatMap((story) => {
    const standing = standingOf(story);
    if (standing.state === 'open') return [];
    const expected = standing.isErased ? null : standing.state;
    const told = states.get(story.onboardingId) ?? null;
    if (told === expected) return [];
    const sentence = `${nameOf(story)} is ${tellStanding(standing)}, and the state topic says ${told ?? 'nothing'}.`;
    return [{ rule: 'state-topic', sentence }];
  });
}
