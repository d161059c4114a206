import type { Parked } from '#contracts/events.js';
import type { DoubtfulStep, Finding } from '../seen.js';
import type { Story } from '../story.js';
import { nameOf } from './ends.js';

/** An onboarding is in doubt only at a step of which docs/finhub-effects.md says that nothing can tell. */
export function judgeDoubts(stories: readonly Story[], doubtful: readonly DoubtfulStep[]): Finding[] {
  return stories.flatMap((story) =>
    story.events
      .filter(({ type }) => type === 'onboarding.parked.v1')
      .flatMap(({ stage, data }) => {
        const { isInDoubt, code, step = '' } = data as unknown as Parked;
        if (!isInDoubt && code !== 'in_doubt') return [];
        if (doubtful.some((allowed) => allowed.stage === stage && isStep(step, allowed.step))) return [];
        const sentence = `${nameOf(story)} was in doubt at ${step || 'no step'} of ${stage} (${code}), which can be found out.`;
        return [{ rule: 'needless-doubt', sentence }];
      }),
  );
}

/** `director:2` is a `director:<n>`. */
function isStep(step: string, named: string): boolean {
  const [prefix = '', variable] = named.split('<');
  return variable === undefined ? step === named : step.startsWith(prefix) && step.length > prefix.length;
}
