import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fatalSentences } from '#platform/fatal.js';
import { readCommandLine } from '../local/command-line.js';
import { projectRoot } from '../local/project-root.js';
import { RunRecord } from '../local/run-record.js';
import { stateFolderOf } from '../../apps/cli/state-folder.js';
import { isWhole, readArguments, usage, type MatrixArguments } from './arguments.js';
import { listCases, runMatrix } from './matrix.js';
import { page, pageFile, type StageResult } from './page.js';
import { shortcomingsOf, summaryOf } from './summary.js';
import { World } from './world.js';

/** `npm run crash-matrix`: see {@link usage}. `tools/crash-matrix.mjs` runs it after installing and building. */
const wanted = readCommandLine(readArguments, usage);

const startedAtMs = performance.now();
const seconds = (): string => ((performance.now() - startedAtMs) / 1_000).toFixed(0).padStart(5);
const say = (line: string): void => {
  console.log(`${seconds()} s  ${line}`);
};

const directory = join(stateFolderOf(projectRoot, process.env), 'crash-matrix');
const record = await RunRecord.take(join(directory, 'run.json'));
const world = new World({ directory, record, seats: wanted.seats, say });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end(1));
try {
  await world.start();
  process.exitCode = await run(wanted);
} catch (error) {
  process.stderr.write(fatalSentences('npm run crash-matrix', error));
  process.exitCode = 1;
}
await end(process.exitCode);

/** Resolves to 0 when every case came up and every promise was kept. */
async function run(asked: MatrixArguments): Promise<number> {
  if (asked.isListOnly) {
    await listCases(world, asked, say);
    return 0;
  }
  const soFar = join(directory, 'table.md');
  const onStage = async (stages: readonly StageResult[]): Promise<void> => {
    await writeFile(soFar, await page(stages, { summary: [] }));
  };
  const result = await runMatrix(world, asked, { say, onStage });
  const summary = summaryOf(result, (performance.now() - startedAtMs) / 60_000);
  for (const line of summary) console.log(line);
  const file = isWhole(asked) ? pageFile : soFar;
  await writeFile(file, await page(result.stages, { summary }));
  console.log(`The table is in ${file}.`);
  return shortcomingsOf(result).length === 0 ? 0 : 1;
}

async function end(code: number): Promise<never> {
  await world.stop();
  record.release();
  process.exit(code);
}
