import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInBackground } from './background-process.js';
import { freePort } from './free-port.js';
import { endingWithUs } from './parent-death.js';
import { requireProgram } from './java.js';
import { kafkaJars, kafkaSources } from './kafka-jars.js';

const run = promisify(execFile);

export interface LocalKafka {
  /** `host:port`, as in KAFKA_BROKERS. */
  readonly brokers: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  /** Shuts down cleanly, so that the next start needs no recovery; kills after 5 s. */
  stop(): Promise<void>;
}

export interface LocalKafkaOptions {
  /** Holds data, log and settings. Made when missing; what is in it is kept. */
  readonly directory: string;
  /** Taken when it is free, for a restart under the same address. */
  readonly port?: number | undefined;
  /** Told the process id as soon as there is one, long before it is ready. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
}

/**
 * Starts one broker of Apache Kafka (KRaft) on free ports of 127.0.0.1 from its published jars. Rejects with the log's end, or with what to install.
 */
export async function startKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  const { directory } = options;
  requireProgram('java');
  mkdirSync(directory, { recursive: true });
  const classPath = join(await kafkaJars(), '*');
  const port = await freePort(options.port);
  const settings = writeSettings(directory, { broker: port, controller: await freePort() });
  await format(directory, classPath, settings);
  const logFile = join(directory, 'kafka.log');
  const heap = ['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC'];
  const args = [...javaOptions(directory), ...heap, '-cp', classPath, 'kafka.Kafka', settings];
  const broker = await startInBackground({ name: 'Kafka', ...endingWithUs('TERM', 'java', args), logFile });
  options.onSpawn?.(broker.pid);
  const isReady = async (): Promise<boolean> =>
    (await readFile(logFile, 'utf8')).includes('Kafka Server started');
  await broker.waitUntilReady(isReady, 90_000);
  return {
    brokers: `127.0.0.1:${port}`,
    port,
    pid: broker.pid,
    ended: broker.ended,
    stop: () => broker.stop('SIGTERM', 5_000),
  };
}

/** Native libraries are unpacked below `directory`, and no statistics go to /tmp: nothing is left outside. */
function javaOptions(directory: string): string[] {
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const logging = join(kafkaSources, 'log4j2.yaml');
  return [`-Dlog4j2.configurationFile=${logging}`, `-Djava.io.tmpdir=${temporary}`, '-XX:-UsePerfData'];
}

function writeSettings(directory: string, ports: { broker: number; controller: number }): string {
  const template = readFileSync(join(kafkaSources, 'server.properties'), 'utf8');
  const values = {
    broker: String(ports.broker),
    controller: String(ports.controller),
    data: join(directory, 'data'),
  };
  const file = join(directory, 'server.properties');
  writeFileSync(
    file,
    template.replace(/\{\{(broker|controller|data)\}\}/gu, (_, name: keyof typeof values) => values[name]),
  );
  return file;
}

/** A random id in Kafka's form. It never begins with a dash, which the tool would take for the next option. */
export function newClusterId(): string {
  const bytes = randomBytes(16);
  return Buffer.from(bytes.with(0, (bytes[0] ?? 0) & 0x7f)).toString('base64url');
}

async function format(directory: string, classPath: string, settings: string): Promise<void> {
  if (existsSync(join(directory, 'data', 'meta.properties'))) return;
  const tool = ['kafka.tools.StorageTool', 'format', '--standalone', '-t', newClusterId(), '-c', settings];
  await run('java', [...javaOptions(directory), '-XX:TieredStopAtLevel=1', '-cp', classPath, ...tool]);
}

/** What brokers of one cluster know each other by: 16 bytes that do not begin with a dash, which the tool takes for an option. */
function newClusterId(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('base64url');
}
