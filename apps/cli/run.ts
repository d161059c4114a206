import { Command, CommanderError } from 'commander';
import { GatewayClient, type RetryRules } from '#gateway-client/gateway-client.js';
import { GatewayAway, GatewayRefusal, UnexpectedAnswer } from '#gateway-client/gateway-errors.js';
import { settingsOf, type KeyReach } from './cli-settings.js';
import { addKeyCommands } from './keys/key-commands.js';
import { addStatusCommand } from './onboardings/status-command.js';
import { addDeadLetterCommand, addListCommands } from './ops/list-commands.js';
import { addOpsCommands } from './ops/ops-commands.js';
import { addSubmitCommand } from './submit/submit-command.js';
import { Failure, type Surroundings } from './surroundings.js';
import { visible } from './terminal/visible.js';

/** What each command works with. An action returns the exit code. */
export interface Context {
  readonly surroundings: Surroundings;
  /** Gives the gateway that the settings name; throws {@link Failure} where they name none. */
  readonly gateway: (reach?: KeyReach) => GatewayClient;
  /** Wraps what a command does: its exit code becomes the program's. */
  readonly action: <Given extends unknown[]>(
    act: (...given: Given) => Promise<number>,
  ) => (...given: Given) => Promise<void>;
}

const exitCodes = `
Exit codes: 0 done, 1 failed, refused or not found, 2 wrong usage.
Settings: GATEWAY_URL and ONBOARD_API_KEY; else .onboarding/cli.json, which \`npm start\` writes.`;

/** A read is tried three times, also where the gateway failed by itself. */
const retryRules: RetryRules = {
  isPassing: (status) => status === 429 || status >= 500,
  reads: { triesMax: 3 },
};

/** Runs one command line and gives the exit code. Never throws what a user could cause. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode = 0;
  let gateway: GatewayClient | undefined;
  const context: Context = {
    surroundings,
    gateway: (reach) =>
      (gateway ??= new GatewayClient(settingsOf(surroundings, reach), surroundings, retryRules)),
    action:
      (act) =>
      async (...given) => {
        exitCode = await act(...given);
      },
  };
  try {
    await programOf(context).parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, surroundings);
  } finally {
    await gateway?.close();
  }
}

function programOf(context: Context): Command {
  const { out, err } = context.surroundings;
  const program = new Command('onboard')
    .description('Submit onboarding requests, see what became of them, and mend what is parked.')
    .addHelpText('after', exitCodes)
    .configureOutput({ writeOut: out, writeErr: err })
    .exitOverride();
  addSubmitCommand(program, context);
  addStatusCommand(program, context);
  addListCommands(program, context);
  addDeadLetterCommand(program, context);
  addOpsCommands(program, context);
  addKeyCommands(program, context);
  return program;
}

function exitCodeOf(error: unknown, { err }: Surroundings): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof Failure || isOfGateway(error))) throw error;
  err(`${visible(error.message)}\n`);
  return error instanceof Failure ? error.exitCode : 1;
}

function isOfGateway(error: unknown): error is Error {
  return [GatewayRefusal, GatewayAway, UnexpectedAnswer].some((kind) => error instanceof kind);
}
