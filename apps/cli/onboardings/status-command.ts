import type { Command } from 'commander';
import type { Context } from '../run.js';
import { Failure } from '../surroundings.js';
import { visible } from '../terminal/visible.js';
import { isAtRest, statusOf, type Status, type Subject } from '#gateway-client/onboarding-status.js';
import { tenantOption, type TenantOption } from '../option-values.js';
import { standingText, statusText } from './status-text.js';

interface Options extends TenantOption {
  readonly requestId?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

const pollIntervalMs = 1_000;

/** `onboard status ID|--request-id X [--watch]`. */
export function addStatusCommand(program: Command, context: Context): void {
  program
    .command('status')
    .description(
      'what became of an onboarding; with --watch until it ends, is parked or paused (exit code 0: activated)',
    )
    .argument('[id]', 'the onboarding id')
    .option('--request-id <id>', "the upstream's request id, instead of the onboarding id")
    .addOption(tenantOption())
    .option('--watch', 'say each change until it is at rest')
    .option('--json', 'as JSON')
    .action(
      context.action(async (id: string | undefined, options: Options) => {
        if ((id === undefined) === (options.requestId === undefined)) {
          throw new Failure('Say which onboarding: its id, or --request-id with the request id.', 2);
        }
        const subject = { id, requestId: options.requestId, tenantId: options.tenant };
        const status = options.watch
          ? await watch(subject, context)
          : await statusOf(context.gateway(), subject);
        context.surroundings.out(options.json ? `${JSON.stringify(status)}\n` : statusText(status));
        return options.watch && status.state !== 'activated' ? 1 : 0;
      }),
    );
}

/** Polls until it is at rest, and says each change; gives the last status. */
async function watch(subject: Subject, { gateway, surroundings }: Context): Promise<Status> {
  const { err, wait, stopped } = surroundings;
  let said = '';
  for (;;) {
    const status = await statusOf(gateway(), subject);
    const standing = standingText(status);
    if (standing !== said) err(`${visible(standing)}\n`);
    said = standing;
    if (isAtRest(status) || stopped.aborted) return status;
    await wait(pollIntervalMs);
  }
}
