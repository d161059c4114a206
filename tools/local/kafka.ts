import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInBackground } from './background-process.js';
import { freePort, freePorts } from './free-port.js';
import { endingWithUs } from './parent-death.js';
import { requireProgram } from './java.js';
import { kafkaJars, kafkaSources } from './kafka-jars.js';

const run = promisify(execFile);

export interface LocalKafka {
  /** `host:port`, as in KAFKA_BROKERS. */
  readonly brokers: string;
  readonly port: number;
  /** Of each further listener, in the order of `advertisedPorts`. */
  readonly listenerPorts: readonly number[];
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
  /** A further listener each, which tells its clients to come to this port: for a tester in between. */
  readonly advertisedPorts?: readonly number[];
  /** Told the process id as soon as there is one, long before it is ready. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
  /** Its place in a cluster; without one it is alone. */
  readonly seat?: KafkaSeat | undefined;
}

/** The place of a broker among several. All of it stays as it is from start to start. */
export interface KafkaSeat {
  /** From 1. */
  readonly nodeId: number;
  readonly clusterId: string;
  /** The ports by which the brokers agree among themselves, in order of their node ids. */
  readonly controllerPorts: readonly number[];
}

/**
 * Starts one broker of Apache Kafka (KRaft) on free ports of 127.0.0.1 from its published jars. Rejects with the log's end, or with what to install.
 */
export async function startKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  const { directory, seat } = options;
  requireProgram('java');
  mkdirSync(directory, { recursive: true });
  const classPath = join(await kafkaJars(), '*');
  const port = await freePort(options.port);
  const controller = seat?.controllerPorts[seat.nodeId - 1] ?? (await freePort());
  const { advertisedPorts = [] } = options;
  const listenerPorts = await freePorts(advertisedPorts.length);
  const settings = writeSettings(directory, {
    broker: String(port),
    controller: String(controller),
    data: join(directory, 'data'),
    listeners: listenerPorts.map(listener).join(''),
    advertised: advertisedPorts.map(listener).join(''),
    protocols: listenerPorts.map((_port, index) => `,LISTENER${index}:PLAINTEXT`).join(''),
    ...(seat === undefined ? {} : { node: String(seat.nodeId), voters: votersOf(seat) }),
  });
  await format({ directory, classPath, settings, seat });
  const logFile = join(directory, 'kafka.log');
  // Several on one machine get by with half.
  const heapMb = seat === undefined ? 512 : 256;
  const heap = [`-Xms${heapMb}m`, `-Xmx${heapMb}m`, '-XX:+UseSerialGC'];
  const args = [...javaOptions(directory), ...heap, '-cp', classPath, 'kafka.Kafka', settings];
  // One of several would wait for the others before it ends, which end as well.
  const signal = seat === undefined ? 'TERM' : 'KILL';
  const broker = await startInBackground({ name: 'Kafka', ...endingWithUs(signal, 'java', args), logFile });
  options.onSpawn?.(broker.pid);
  const isReady = async (): Promise<boolean> =>
    (await readFile(logFile, 'utf8')).includes('Kafka Server started');
  await broker.waitUntilReady(isReady, 90_000);
  return {
    brokers: `127.0.0.1:${port}`,
    port,
    listenerPorts,
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

function listener(port: number, index: number): string {
  return `,LISTENER${index}://127.0.0.1:${port}`;
}

function writeSettings(directory: string, values: Readonly<Record<string, string>>): string {
  // Of a setting that is there twice the last one counts.
  const templates = ['server.properties', ...('node' in values ? ['cluster.properties'] : [])];
  const template = templates.map((name) => readFileSync(join(kafkaSources, name), 'utf8')).join('\n');
  const file = join(directory, 'server.properties');
  writeFileSync(
    file,
    template.replace(/\{\{(\w+)\}\}/gu, (_, name: string) => values[name] ?? ''),
  );
  return file;
}

function votersOf({ controllerPorts }: KafkaSeat): string {
  return controllerPorts.map((port, index) => `${index + 1}@127.0.0.1:${port}`).join(',');
}

async function format(broker: {
  directory: string;
  classPath: string;
  settings: string;
  seat: KafkaSeat | undefined;
}): Promise<void> {
  const { directory, classPath, settings, seat } = broker;
  if (existsSync(join(directory, 'data', 'meta.properties'))) return;
  const clusterId = seat?.clusterId ?? newClusterId();
  const alone = seat === undefined ? ['--standalone'] : [];
  const tool = ['kafka.tools.StorageTool', 'format', ...alone, '-t', clusterId, '-c', settings];
  await run('java', [...javaOptions(directory), '-XX:TieredStopAtLevel=1', '-cp', classPath, ...tool]);
}

/** What brokers of one cluster know each other by: 16 bytes that do not begin with a dash, which the tool takes for an option. */
export function newClusterId(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('base64url');
}
