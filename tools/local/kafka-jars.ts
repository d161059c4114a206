import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from './java.js';
import { projectRoot, stateDirectory } from './project-root.js';

const run = promisify(execFile);

/** Where the committed description of the broker lies: its Maven project, log settings and server settings. */
export const kafkaSources = join(projectRoot, 'tools', 'local', 'kafka');

/** The folder with the broker's jars: fetched once by Maven, then kept under the version's name. */
export async function kafkaJars(): Promise<string> {
  const folder = join(stateDirectory, 'cache', `kafka-${kafkaVersion()}`);
  if (existsSync(folder)) return folder;
  requireProgram('mvn');
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    await fetchJars(partial);
    if (!existsSync(folder)) renameSync(partial, folder);
    return folder;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** By the user's own settings of Maven, but into a repository of ours: nothing is left outside of the project. */
async function fetchJars(folder: string): Promise<void> {
  const repository = join(stateDirectory, 'cache', 'maven');
  const project = ['-q', '-B', '-f', join(kafkaSources, 'pom.xml'), `-Dmaven.repo.local=${repository}`];
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`, '-DincludeScope=runtime'];
  try {
    await run('mvn', [...project, ...goal]);
  } catch (cause) {
    const said = ((cause as { stdout?: string }).stdout ?? '').slice(0, 500);
    throw new Error(`Maven could not fetch Kafka's jars: mend this, or set KAFKA_BROKERS: ${said}`, {
      cause,
    });
  }
}

function kafkaVersion(): string {
  const pom = readFileSync(join(kafkaSources, 'pom.xml'), 'utf8');
  const version = /<artifactId>kafka_[^<]*<\/artifactId>\s*<version>([^<]+)</u.exec(pom)?.[1];
  if (version === undefined) throw new Error('tools/local/kafka/pom.xml names no version of Kafka.');
  return version;
}
