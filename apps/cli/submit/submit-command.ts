import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { settingsOf } from '../cli-settings.js';
import { type TenantOption, wholeNumber } from '../option-values.js';
import type { Context } from '../run.js';
import { stateFolderOf } from '../state-folder.js';
import { Failure } from '../surroundings.js';
import { digestKey, ProgressFile } from './progress-file.js';
import { ProgressDisplay } from './progress-display.js';
import { reportText } from './report.js';
import { countLines, requestLines, type RequestLine } from './request-lines.js';
import { submitLine } from './submit-line.js';
import { Tally } from './tally.js';

interface Options extends TenantOption {
  readonly concurrency: number;
  readonly dryRun?: boolean;
  readonly fromStart?: boolean;
  readonly json?: boolean;
}

/** `onboard submit FILE`. */
export function addSubmitCommand(program: Command, context: Context): void {
  program
    .command('submit')
    .description('submit each line of a JSON Lines file: {"requestId", "request"}, or a request by itself')
    .argument('<file>', 'e.g. examples/applicants.jsonl')
    .option('--concurrency <count>', 'requests under way at the same time', wholeNumber(1, 64), 8)
    .option('--tenant <tenant>', 'whose requests they are, where the key is of every tenant')
    .option('--dry-run', 'let the gateway judge them, and admit none')
    .option('--from-start', 'forget what a run that was cut off has submitted already')
    .option('--json', 'one JSON line for each line that was answered, instead of the report')
    .action(context.action((file: string, options: Options) => submit(file, options, context)));
}

async function submit(file: string, options: Options, context: Context): Promise<number> {
  refuseUnreadable(file);
  const { surroundings } = context;
  const folder = join(stateFolderOf(surroundings.root, surroundings.env), 'submit');
  const progressFile = new ProgressFile(folder, file, { ...settingsOf(surroundings), ...options });
  if (options.fromStart === true) progressFile.clear();
  const tally = new Tally(await countLines(file));
  const lines = requestLines(file, digestKey(folder));
  try {
    await sendAll(lines, { tally, options, context, progressFile });
  } finally {
    await lines.return(undefined);
  }
  const isDryRun = options.dryRun === true;
  if (tally.answered === tally.total && !isDryRun) progressFile.clear();
  if (options.json !== true) surroundings.out(reportText(file, tally, isDryRun));
  return tally.accepted + tally.before === tally.total ? 0 : 1;
}

interface Sending {
  readonly tally: Tally;
  readonly options: Options;
  readonly context: Context;
  readonly progressFile: ProgressFile;
}

/** Sends with bounded concurrency until the file ends, Ctrl-C, or an answer that all others would get too. */
async function sendAll(lines: AsyncGenerator<RequestLine>, sending: Sending): Promise<void> {
  const { tally, options, context } = sending;
  const { surroundings } = context;
  const display = new ProgressDisplay(surroundings);
  const sendUntilEnd = async (): Promise<void> => {
    while (!tally.isCutOff && !surroundings.stopped.aborted) {
      const { value: line, done } = (await lines.next()) as IteratorResult<RequestLine, undefined>;
      if (done === true) return;
      await sendLine(line, sending, display);
      display.show(tally);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, sendUntilEnd));
  display.end();
}

async function sendLine(line: RequestLine, sending: Sending, display: ProgressDisplay): Promise<void> {
  const { tally, options, context, progressFile } = sending;
  const isDryRun = options.dryRun === true;
  if (!isDryRun && progressFile.has(line.digest)) {
    tally.before += 1;
    return;
  }
  const onRetry = (): void => {
    tally.retries += 1;
    display.show(tally);
  };
  const outcome = await submitLine(context.gateway(), line, { isDryRun, tenant: options.tenant, onRetry });
  if (outcome.verdict === 'accepted' && !isDryRun) progressFile.add(line.digest);
  tally.add(outcome);
  if (options.json === true) context.surroundings.out(`${JSON.stringify(outcome)}\n`);
}

function refuseUnreadable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    throw new Failure(`The file ${file} cannot be read: check its name and rights.`, 2);
  }
  if (!statSync(file).isFile()) throw new Failure(`${file} is not a file.`, 2);
}
