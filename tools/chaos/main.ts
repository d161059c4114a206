import { join } from 'node:path';
import { fatalSentences } from '#platform/fatal.js';
import { readCommandLine } from '../local/command-line.js';
import { projectRoot } from '../local/project-root.js';
import { stateFolderOf } from '../../apps/cli/state-folder.js';
import { readArguments, usage } from './arguments.js';
import { verdictLines } from './report.js';
import { ChaosRun } from './run.js';

/** `npm run chaos`: see {@link usage}. `tools/chaos.mjs` runs it after installing and building. */
const wanted = readCommandLine(readArguments, usage);
const directory = join(stateFolderOf(projectRoot, process.env), 'chaos', String(wanted.seed));
const run = new ChaosRun(wanted, { directory, env: process.env, say: (line) => console.log(line) });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    run.kill();
    process.exit(130);
  });

let exitCode = 1;
try {
  const report = await run.run();
  for (const line of verdictLines(report)) console.log(line);
  console.log(`To look at: ${join(directory, 'report.md')}`);
  exitCode = report.findings.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(fatalSentences('npm run chaos', error));
}
await run.stop();
if (exitCode === 0 && !wanted.isDataKept) run.removeData();
process.exit(exitCode);
