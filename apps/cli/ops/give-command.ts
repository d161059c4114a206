import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { sentenceOf } from '#contracts/reason-codes.js';
import type { Context } from '../run.js';
import { Failure } from '../surroundings.js';

/** A command's own fields: `command`, `why` and what it needs besides. */
export type Asked = Readonly<Record<string, unknown>> & { readonly command: string; readonly why: string };

/** Which onboarding; a key of every tenant may have to name its tenant. */
export interface Onboarding {
  readonly id: string;
  readonly tenant?: string | undefined;
}

/** What became of it. */
export type Report = z.infer<typeof reportSchema>;

const givenSchema = z.object({ commandId: z.string() });
const reportSchema = z.object({
  status: z.enum(['pending', 'applied', 'refused']),
  code: z.string().optional(),
  stage: z.string().optional(),
});
const pollIntervalMs = 250;
const triesMax = 6;

/**
 * Gives a command to an onboarding and waits for its answer. It carries an id of ours, so a repeat after a lost answer is
 * the same command. Throws {@link Failure} where no stage has answered in time: it may be applied later.
 */
export async function giveCommand(
  { gateway, surroundings }: Context,
  onboarding: Onboarding,
  { asked, timeLimitSeconds }: { asked: Asked; timeLimitSeconds: number },
): Promise<Report & { commandId: string }> {
  const path = pathOf(onboarding, 'commands');
  const body = { commandId: randomUUID(), ...asked };
  const { value } = await gateway().send({ method: 'POST', path, body, triesMax }, givenSchema);
  const { commandId } = value;
  const answer = pathOf(onboarding, `commands/${encodeURIComponent(commandId)}`);
  const deadlineMs = surroundings.monotonicMs() + timeLimitSeconds * 1_000;
  for (;;) {
    const report = await gateway().get(answer, reportSchema);
    if (report.status !== 'pending') return { ...report, commandId };
    if (surroundings.stopped.aborted || surroundings.monotonicMs() >= deadlineMs)
      throw unanswered(asked.command, commandId);
    await surroundings.wait(pollIntervalMs);
  }
}

/** The gateway's address of what an onboarding has for ops. */
export function pathOf({ id, tenant }: Onboarding, what: string): string {
  const query = tenant === undefined ? '' : `?tenantId=${encodeURIComponent(tenant)}`;
  return `/v1/ops/onboardings/${encodeURIComponent(id)}/${what}${query}`;
}

/** What became of a command, as a line. */
export function reportText(command: string, { status, code, stage }: Report): string {
  const where = stage === undefined ? '' : ` by ${stage}`;
  const reason = code === undefined ? '' : ` (${code}): ${sentenceOf(code)}`;
  return `${command} ${status}${where}${reason}\n`;
}

function unanswered(command: string, commandId: string): Failure {
  return new Failure(
    `No stage has answered ${command} (command ${commandId}) yet; it is applied when one can. See \`onboard status\`.`,
  );
}
