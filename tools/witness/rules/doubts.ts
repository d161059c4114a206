import type { Attempt, Parked } from '#contracts/events.js';
import { defaultRetryPolicy } from '#stage/retry.js';
import type { DoubtfulStep, Finding } from '../seen.js';
import { isTelling, standingOf } from '../standing.js';
import type { SeenEvent, Story } from '../story.js';
import { nameOf } from './ends.js';

/** What the stages are set to where nobody says otherwise. */
const { attemptsMax, totalMsMax } = defaultRetryPolicy;

/**
 * An onboarding is in doubt only at a step of which nothing but a webhook tells (docs/finhub-effects.md), or after its look-up
 * could not be read for as long as there is time, as its attempts tell.
 */
export function judgeDoubts(stories: readonly Story[], doubtful: readonly DoubtfulStep[]): Finding[] {
  return stories.flatMap((story) =>
    story.events.filter(isDoubt).flatMap((doubt) => {
      const { stage, data } = doubt;
      const { code, step = 'no step' } = data as unknown as Parked;
      if (doubtful.some((allowed) => allowed.stage === stage && isStep(step, allowed.step))) return [];
      const { times, ms } = unreadBefore(doubt, story);
      if (times >= attemptsMax && ms >= totalMsMax) return [];
      const looked = `its answers could not be read ${times} times within ${Math.round(ms / 1_000)} s`;
      const sentence = `${nameOf(story)} was in doubt at ${step} of ${stage} (${code}), which can be found out: ${looked}.`;
      return [{ rule: 'needless-doubt', sentence }];
    }),
  );
}

/** Of which webhook a step's doubt is the lack. */
const webhookOf: Readonly<Record<string, string>> = {
  register: 'customer.created',
  'open-verification': 'verification.submitted',
};

/** Nobody stays in doubt whose webhook has come: the gateway passes it on as a command. */
export function judgeEvidence(stories: readonly Story[], commands: readonly SeenEvent[]): Finding[] {
  const told = new Set(commands.map(({ subject, data }) => `${subject} ${String(data['kind'])}`));
  return stories.flatMap((story) => {
    const { state, isInDoubt = false, step = '' } = standingOf(story);
    const webhook = webhookOf[step];
    if (state !== 'parked' || !isInDoubt || !told.has(`${story.onboardingId} ${String(webhook)}`)) return [];
    const sentence = `${nameOf(story)} is in doubt at ${step}, and the webhook ${String(webhook)} for it has come.`;
    return [{ rule: 'untaken-evidence', sentence }];
  });
}

function isDoubt({ type, data }: SeenEvent): boolean {
  return type === 'onboarding.parked.v1' && (data['isInDoubt'] === true || data['code'] === 'in_doubt');
}

/** How often, and for how long, nothing but failures came before the doubt: of the lost call, and of what looked for it. */
function unreadBefore(doubt: SeenEvent, { events }: Story): { times: number; ms: number } {
  const before = events.slice(0, events.indexOf(doubt)).filter(isTelling);
  const failures = before.slice(before.findLastIndex((event) => !isFailureBefore(doubt, event)) + 1);
  const sinceMs = Date.parse(failures[0]?.time ?? doubt.time);
  return { times: failures.length, ms: Date.parse(doubt.time) - sinceMs };
}

/** Looks have the number of the call that they look for. */
function isFailureBefore(doubt: SeenEvent, { type, stage, data }: SeenEvent): boolean {
  const { step, attempts } = doubt.data as unknown as Parked;
  const failed = data as unknown as Attempt;
  const isOfCall = failed.step === step && failed.attempt === Math.max(attempts, 1);
  return type === 'onboarding.attempt.v1' && stage === doubt.stage && failed.kind === 'failed' && isOfCall;
}

/** `director:2` is a `director:<n>`. */
function isStep(step: string, named: string): boolean {
  const [prefix = '', variable] = named.split('<');
  return variable === undefined ? step === named : step.startsWith(prefix) && step.length > prefix.length;
}
