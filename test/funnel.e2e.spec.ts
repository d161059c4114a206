import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { projectRoot } from '../tools/local/project-root.js';
import { applicantNamed } from './example-applicants.js';
import { startTestPipeline, type TestPipeline } from './processes.js';
import { Submitted } from './submitted.js';

/** All but how often somebody had to wait, which is a matter of time. */
const expected = `requested                                 3
registered                                2    67 %
staffed                                   1    33 %
verified                                  2    67 %
consented                                 2    67 %
activated                                 2    67 %

now activated                             2    67 %
now rejected                              1    33 %
now cancelled                             0     0 %
now parked                                0     0 %
now in progress                           0     0 %
  rejected: already_a_customer            1

not counted twice: 0 duplicates, 0 replays
not admitted: 0 refused requests
unreadable: 0 records

`;

let pipeline: TestPipeline;

beforeAll(async () => {
  pipeline = await startTestPipeline();
}, 90_000);

afterAll(async () => {
  await pipeline.close();
}, 30_000);

test("analytics' example reads the real topics and prints the funnel of what happened", async () => {
  const [ona, rejected, baltic] = await Promise.all([
    Submitted.submit(pipeline, applicantNamed('ona')),
    Submitted.submit(pipeline, applicantNamed('zoe+conflict')),
    Submitted.submit(pipeline, applicantNamed('baltic', 'organization')),
  ]);
  await Promise.all([ona.until('activated'), baltic.until('activated'), rejected.until('rejected')]);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(projectRoot, 'dist', 'examples', 'funnel.js'), '--until-idle'],
    { env: { ...process.env, KAFKA_BROKERS: pipeline.access.brokers }, timeout: 30_000 },
  );
  const counted = stdout.split('\n').filter((line) => !line.startsWith('on the way'));
  expect(counted.join('\n')).toBe(expected);
}, 90_000);
