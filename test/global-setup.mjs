import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '../tools/bootstrap/build.mjs';
import { root } from '../tools/bootstrap/install.mjs';

/**
 * Starts Postgres and Kafka for integration specs, unless the environment names both. End-to-end specs start a whole
 * pipeline of their own, from `dist/`.
 */
export default async function globalSetup({ testPathPatterns }, { roots }) {
  const patterns = testPathPatterns?.patterns ?? [];
  const needsServers =
    hasSpecs({ roots, patterns, suffix: '.int.spec.ts' }) &&
    !(process.env.DATABASE_URL && process.env.KAFKA_BROKERS);
  if (needsServers || hasSpecs({ roots, patterns, suffix: '.e2e.spec.ts' })) ensureBuilt();
  if (!needsServers) return;
  globalThis.onboardingTestServers = await startServers();
}

/** Stops what {@link globalSetup} started, and removes its data. */
export async function stopServers({ directory, record, servers }) {
  await Promise.all(servers.map((server) => server.stop()));
  record.release();
  rmSync(directory, { recursive: true, force: true });
}

/** Whether the run has specs of a kind. */
function hasSpecs({ roots, patterns, suffix }) {
  const specs = roots.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(suffix))
      .map((name) => join(folder, name)),
  );
  const isInRun = (spec) => patterns.length === 0 || patterns.some((its) => new RegExp(its, 'iu').test(spec));
  return specs.some(isInRun);
}

async function startServers() {
  const { RunRecord } = await import('../dist/tools/local/run-record.js');
  const { startPostgres } = await import('../dist/tools/local/postgres.js');
  const { startKafka } = await import('../dist/tools/local/kafka.js');
  await endLeftovers(RunRecord);
  const directory = join(testDirectory, String(process.pid));
  const record = await RunRecord.take(join(directory, 'run.json'));
  const onSpawn = (pid) => record.add(pid);
  const starts = [];
  if (!process.env.DATABASE_URL)
    starts.push(startPostgres({ directory: join(directory, 'postgres'), isDurable: false, onSpawn }));
  if (!process.env.KAFKA_BROKERS) starts.push(startKafka({ directory: join(directory, 'kafka'), onSpawn }));
  const servers = await Promise.all(starts);
  for (const { url, brokers } of servers) {
    if (url) process.env.DATABASE_URL = url;
    if (brokers) process.env.KAFKA_BROKERS = brokers;
  }
  return { directory, record, servers };
}

const testDirectory = join(root, '.onboarding', 'test');

/** A run that was killed could stop nothing: its record says what it had started. */
async function endLeftovers(RunRecord) {
  mkdirSync(testDirectory, { recursive: true });
  for (const name of readdirSync(testDirectory)) {
    const directory = join(testDirectory, name);
    try {
      const record = await RunRecord.take(join(directory, 'run.json'), 0);
      record.release();
      rmSync(directory, { recursive: true, force: true });
    } catch (error) {
      if (error.pid === undefined) throw error;
    }
  }
}
