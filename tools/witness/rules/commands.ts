import type { Answered } from '#contracts/events.js';
import { grouped } from '../grouped.js';
import type { AcknowledgedCommand, Finding } from '../seen.js';
import type { SeenEvent } from '../story.js';

/** These are hints, which nobody answers. */
const neverAnswered = ['look-again', 'evidence'];

/** Each command that somebody was told is given has one answer; no command has two. */
export function judgeCommands(
  events: readonly SeenEvent[],
  commands: readonly AcknowledgedCommand[],
): Finding[] {
  const answers = answersOf(events);
  const unanswered = commands
    .filter(({ command, commandId }) => !neverAnswered.includes(command) && !answers.has(commandId))
    .map(({ command, commandId, onboardingId }) => ({
      rule: 'unanswered',
      sentence: `Command ${command} (${commandId}) to ${onboardingId} was given and never answered.`,
    }));
  const answeredTwice = [...answers]
    .filter(([, its]) => its.length > 1)
    .map(([commandId, its]) => ({
      rule: 'answered-twice',
      sentence: `Command ${commandId} to ${its[0]?.subject ?? ''} has ${its.length} answers: ${its.map(tell).join(', ')}.`,
    }));
  return [...unanswered, ...answeredTwice];
}

function answersOf(events: readonly SeenEvent[]): Map<string, SeenEvent[]> {
  const distinct = new Map(
    events.filter(({ type }) => type === 'onboarding.answered.v1').map((event) => [event.id, event]),
  );
  return grouped(distinct.values(), ({ data }) => String(data['commandId']));
}

function tell({ id, stage, data }: SeenEvent): string {
  const { outcome, code } = data as unknown as Answered;
  return `${outcome}${code === undefined ? '' : ` ${code}`} by ${stage} (${id})`;
}
