import { Command } from 'commander';
import { z } from 'zod';
import { scopes } from './api-key.js';
import { ApiKeyNameTaken } from './api-key-store.js';
import { newKeySchema, type KeyMaker } from './key-maker.js';

/** Where the command says what it did. */
export interface CommandOutput {
  /** The key alone, so that a script can take it. */
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** `keys create --tenant T --name N --scopes a,b`: makes a key and prints it once. Resolves to the exit code. */
export async function runKeyCommand(
  args: readonly string[],
  keyMaker: Pick<KeyMaker, 'create'>,
  { out, err }: CommandOutput,
): Promise<number> {
  let exitCode = 0;
  const program = new Command('keys').exitOverride().configureOutput({ writeOut: out, writeErr: err });
  program
    .command('create')
    .description('makes an API key and prints it; it cannot be shown again')
    .requiredOption('--tenant <id>', 'whose key it is, or "*" for ops of every tenant')
    .requiredOption('--name <name>', 'unique within the tenant; stands behind the commands given with it')
    .requiredOption('--scopes <list>', `with commas between: ${scopes.join(', ')}`)
    .action(async (options: { tenant: string; name: string; scopes: string }) => {
      exitCode = await create(options, keyMaker, { out, err });
    });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    // commander has said already what is wrong with the command line.
    if (error instanceof Error && 'exitCode' in error) return Number(error.exitCode);
    throw error;
  }
  return exitCode;
}

async function create(
  options: { tenant: string; name: string; scopes: string },
  keyMaker: Pick<KeyMaker, 'create'>,
  { out, err }: CommandOutput,
): Promise<number> {
  const wanted = newKeySchema.safeParse({
    tenantId: options.tenant,
    name: options.name,
    scopes: options.scopes.split(',').map((scope) => scope.trim()),
  });
  if (!wanted.success) {
    err(`The key cannot be made: ${z.prettifyError(wanted.error)}\n`);
    return 1;
  }
  try {
    const { text } = await keyMaker.create(wanted.data);
    out(`${text}\n`);
    err(
      `Keep it: it cannot be shown again. Tenant ${wanted.data.tenantId}, ${wanted.data.scopes.join(', ')}.\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof ApiKeyNameTaken)) throw error;
    err(`The key cannot be made: ${error.message}\n`);
    return 1;
  }
}
