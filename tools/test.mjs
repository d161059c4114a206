// `npm test`: nothing needs to be done before it. Arguments are Jest's, e.g. `npm test -- libs/vault`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './bootstrap/build.mjs';
import { ensureInstalled, root } from './bootstrap/install.mjs';

ensureInstalled();
ensureBuilt();

const state = join(root, '.onboarding');
const resultsFile = join(state, `test-results-${process.pid}.json`);
mkdirSync(state, { recursive: true });

const asked = process.argv.slice(2);
// Specs run pipelines of their own beside them: more workers than these only wait for one another.
const workers = asked.includes('--runInBand') ? [] : ['--maxWorkers=2'];
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  ...workers,
  '--json',
  `--outputFile=${resultsFile}`,
  ...asked,
];
// Ctrl-C reaches Jest too, which then stops what it started; here it only must not end us before.
process.on('SIGINT', () => undefined);
const { status } = spawnSync(process.execPath, jest, {
  cwd: root,
  stdio: ['inherit', 'ignore', 'inherit'],
  // A spec that leaves something open keeps Jest from ending: nobody shall wait for it for ever.
  timeout: 3_600_000,
});
const { passed, failed } = readResults();
console.log(`Tests: ${passed} passed, ${failed} failed`);
process.exit(status === 0 && passed > 0 && failed === 0 ? 0 : 1);

/** A spec file that could not be run counts as a failed test. */
function readResults() {
  try {
    const results = JSON.parse(readFileSync(resultsFile, 'utf8'));
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = results;
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(resultsFile, { force: true });
  }
}
