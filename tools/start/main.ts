import { fatalSentences } from '#platform/fatal.js';
import { stateFolderOf } from '../../apps/cli/state-folder.js';
import { readArguments, usage } from './arguments.js';
import { readCommandLine } from '../local/command-line.js';
import { projectRoot } from '../local/project-root.js';
import { LocalRun } from './local-run.js';

/** A signal that comes so soon after the first is its echo. */
const echoLimitMs = 500;

/** `npm start`: see {@link usage}. `tools/start.mjs` runs it after installing and building. */
const wanted = readCommandLine(readArguments, usage);

const run = new LocalRun(wanted, {
  env: process.env,
  output: process.stdout,
  directory: stateFolderOf(projectRoot, process.env),
});
stopOnSignals(run);
try {
  process.exitCode = await run.run();
} catch (error) {
  if (!run.isStopping) process.stderr.write(fatalSentences('npm start', error));
  process.exitCode = 1;
}
await run.stop();
process.exit();

/**
 * The first signal stops everything cleanly, the second one at once. One Ctrl-C may come as two, for the terminal tells all
 * of its processes, and npm passes on what it is told.
 */
function stopOnSignals(started: LocalRun): void {
  let stoppedAtMs = -Infinity;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => {
      if (!started.isStopping) {
        stoppedAtMs = performance.now();
        process.exitCode = code;
        void started.stop().then(() => process.exit(code));
      } else if (performance.now() - stoppedAtMs > echoLimitMs) {
        started.kill();
        process.exit(code);
      }
    });
  }
}
