import type { Parked } from '#contracts/events.js';
import type { Finding } from '../seen.js';
import { standingOf, tellStanding } from '../standing.js';
import type { Story } from '../story.js';
import { nameOf } from './ends.js';

/**
 * Why somebody may be parked when all is well again. What failed because FinHub did (`attempts_exhausted`, `misconfigured`)
 * is not among it: by then it was replayed, and a replay goes on.
 */
const explained: Readonly<Record<string, string>> = {
  in_doubt: 'An answer was lost, and only a human can say what it was: judgeDoubts knows where.',
};

/** Nobody is parked for a reason that is over. */
export function judgeParkings(stories: readonly Story[]): Finding[] {
  return stories.flatMap((story) => {
    const standing = standingOf(story);
    if (standing.state !== 'parked' || (standing.code ?? '') in explained) return [];
    const parked = story.events.findLast(({ type }) => type === 'onboarding.parked.v1')?.data;
    const { lastAnswer } = (parked ?? {}) as Partial<Parked>;
    const told = lastAnswer === undefined ? 'nothing' : JSON.stringify(lastAnswer);
    const sentence = `${nameOf(story)} is ${tellStanding(standing)}, though all is well: FinHub answered ${told}.`;
    return [{ rule: 'parked', sentence }];
  });
}
