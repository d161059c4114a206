import { grouped } from '../grouped.js';
import type { Finding } from '../seen.js';
import { standingOf, tellStanding } from '../standing.js';
import type { SeenEvent, Story } from '../story.js';
import { nameOf } from './ends.js';

/** Nobody is cancelled or erased unless a command on the command topic asks for it. */
export function judgeUnasked(stories: readonly Story[], commands: readonly SeenEvent[]): Finding[] {
  const byOnboarding = grouped(commands, ({ subject }) => subject);
  return stories.flatMap((story) => {
    const given = (byOnboarding.get(story.onboardingId) ?? []).map(({ data }) => data['command']);
    const standing = standingOf(story);
    const isCancelled = standing.state === 'cancelled';
    const isUnasked =
      (isCancelled && !given.includes('cancel') && !given.includes('erase')) ||
      (standing.isErased && !given.includes('erase'));
    if (!isUnasked) return [];
    const what = standing.isErased ? 'erased' : tellStanding(standing);
    return [{ rule: 'unasked', sentence: `${nameOf(story)} is ${what}, and no command asks for it.` }];
  });
}
