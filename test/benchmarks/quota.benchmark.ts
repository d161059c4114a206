import { afterAll, beforeAll, test } from '@jest/globals';
import { constants, setPriority } from 'node:os';
import { applicantNamed } from '../example-applicants.js';
import { startTestPipeline, type TestPipeline } from '../processes.js';
import { Submitted } from '../submitted.js';

const quotaPerSecond = 20;
const applicantsCount = 120;
const timeLimitMs = 600_000;

let pipeline: TestPipeline;

beforeAll(async () => {
  const settings = { FINHUB_REQUESTS_PER_SECOND: String(quotaPerSecond) };
  pipeline = await startTestPipeline(settings, { replicas: 2 });
  letGoFirst(pipeline.pidOf('sandbox'));
}, timeLimitMs);
afterAll(() => pipeline.close());

test(
  `a quota of ${quotaPerSecond} requests a second, two processes of each stage, ${applicantsCount} applicants at once`,
  async () => {
    const names = Array.from({ length: applicantsCount }, (_, index) => `quota-${index}`);
    const submitted = await Promise.all(
      names.map((name) => Submitted.submit(pipeline, applicantNamed(name))),
    );
    for (const each of submitted) await each.until('activated', undefined, timeLimitMs);
    const { requests } = (await pipeline.sandbox('/_sandbox/requests')) as { requests: { at: number }[] };
    const times = requests.map(({ at }) => at).sort((one, other) => one - other);
    // While it ran full: the first login and the last wallets come slowly.
    const full = times.slice(Math.floor(times.length * 0.1), Math.floor(times.length * 0.8));
    const seconds = ((full.at(-1) ?? 0) - (full[0] ?? 0)) / 1_000;
    const used = (full.length - 1) / seconds / quotaPerSecond;
    process.stderr.write(
      `quota: ${times.length} requests, at most ${most(times)} of ${quotaPerSecond} in any second, ` +
        `one more than that in ${shortest(times)} ms at the shortest; ` +
        `${(100 * used).toFixed(1)} % of the quota used over ${seconds.toFixed(0)} s under load\n`,
    );
  },
  timeLimitMs,
);

/** Whoever counts what arrives must not come late to it. Without the right to it the machine's jitter is counted too. */
function letGoFirst(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_HIGH);
  } catch (error) {
    process.stderr.write(`quota: the sandbox goes first to nobody: ${String(error)}\n`);
  }
}

/** In which time one more came than the quota gives to a second. */
function shortest(times: readonly number[]): number {
  const spans = times.slice(quotaPerSecond).map((at, index) => at - (times[index] ?? 0));
  return Math.min(...spans);
}

/** The most that came within any second. */
function most(times: readonly number[]): number {
  let first = 0;
  let found = 0;
  for (const [index, at] of times.entries()) {
    while ((times[first] ?? at) <= at - 1_000) first += 1;
    found = Math.max(found, index - first + 1);
  }
  return found;
}
