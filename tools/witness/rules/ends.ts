import { factOf, journey } from '#contracts/journey.js';
import type { Finding } from '../seen.js';
import { endsOf, standingOf, tellStanding } from '../standing.js';
import type { Story } from '../story.js';

/** Every onboarding has exactly one end, or is parked (whom somebody paused was to be resumed); the right end, and by the way of the journey. */
export function judgeEnds(stories: readonly Story[]): Finding[] {
  return stories.flatMap((story) => [
    ...lost(story),
    ...manyEnds(story),
    ...wrongEnd(story),
    ...wayMissing(story),
  ]);
}

function lost(story: Story): Finding[] {
  if (!['open', 'paused'].includes(standingOf(story).state)) return [];
  const last = story.events.at(-1);
  const tellLast =
    last === undefined ? 'nothing was ever said of it' : `its last event is ${last.type} of ${last.stage}`;
  return [{ rule: 'lost', sentence: `${nameOf(story)} has no end and is not parked: ${tellLast}.` }];
}

function manyEnds(story: Story): Finding[] {
  const ends = endsOf(story);
  if (ends.length < 2) return [];
  const told = ends.map(({ type, stage, id }) => `${type} of ${stage} (${id})`).join(', ');
  return [{ rule: 'many-ends', sentence: `${nameOf(story)} has ${ends.length} ends: ${told}.` }];
}

function wrongEnd(story: Story): Finding[] {
  const standing = standingOf(story);
  const expected = story.request?.expectedEnd;
  const isEnd = standing.state === 'activated' || standing.state === 'rejected';
  if (expected === undefined || !isEnd || standing.state === expected) return [];
  const sentence = `${nameOf(story)} should be ${expected} and is ${tellStanding(standing)}.`;
  return [{ rule: 'wrong-end', sentence }];
}

/** A stage that passes an onboarding on has had it from the stage before. */
function wayMissing(story: Story): Finding[] {
  const kind = story.request?.applicantKind ?? story.events[0]?.applicantkind ?? 'individual';
  const last = story.events.at(-1)?.stage ?? 'registration';
  const before = journey[kind].slice(0, Math.max(0, (journey[kind] as readonly string[]).indexOf(last)));
  const missing = before.filter(
    (stage) => story.events.filter(({ type }) => type === factOf[stage].type).length !== 1,
  );
  return missing.map((stage) => ({
    rule: 'way-missing',
    sentence: `${nameOf(story)} is in ${last}, and has not exactly one ${factOf[stage].type}.`,
  }));
}

/** How a finding names an onboarding. */
export function nameOf({ onboardingId, request }: Story): string {
  return request === undefined
    ? onboardingId
    : `${onboardingId} (${request.requestId}, ${request.applicantKind})`;
}
