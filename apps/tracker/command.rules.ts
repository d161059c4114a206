import { onboardingCommand } from '#contracts/commands.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { onboardingAnswered, type Answered } from '#contracts/events.js';
import { is } from './journey.rules.js';

/** A command and what became of it. */
export interface CommandReport {
  readonly commandId: string;
  readonly onboardingId: string;
  readonly tenantId: string;
  readonly command: string;
  readonly by: string;
  readonly why: string;
  readonly askedAt?: string;
  /** `pending` until a stage has answered. `look-again` and `evidence` are never answered. */
  readonly status: 'pending' | Answered['outcome'];
  readonly code?: string;
  readonly answeredAt?: string;
  readonly stage?: string;
}

/**
 * What became of a command, from the events that name it. Every stage gets every command: where one applied it, that is the
 * answer, whatever another refused. Undefined where nothing is known of it yet.
 */
export function commandReport(events: readonly OnboardingEvent[]): CommandReport | undefined {
  const asked = events.find((event) => is(event, onboardingCommand));
  const answers = events.filter((event) => is(event, onboardingAnswered));
  const answer = answers.find(({ data }) => data.outcome === 'applied') ?? answers.at(-1);
  const source = asked ?? answer;
  if (source === undefined) return undefined;
  const { commandId, command, by, why } = source.data;
  const known = { commandId, onboardingId: source.onboardingId, tenantId: source.tenantId, command, by, why };
  const when = asked === undefined ? {} : { askedAt: asked.time };
  if (answer === undefined) return { ...known, ...when, status: 'pending' };
  const { outcome, code } = answer.data;
  const reason = code === undefined ? {} : { code };
  return { ...known, ...when, status: outcome, ...reason, answeredAt: answer.time, stage: answer.stage };
}
