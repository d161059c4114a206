import { join } from 'node:path';
import { freePort } from './free-port.js';
import { newClusterId, startKafka, type LocalKafka } from './kafka.js';

/** Three brokers on this machine, each a process: what one of them loses the others still have. */
export interface KafkaCluster {
  /** `host:port` of all three, as in KAFKA_BROKERS; the same after every restart. */
  readonly brokers: string;
  /** Node ids: 1, 2 and 3. */
  readonly nodeIds: readonly number[];
  /** Kills a broker with SIGKILL; resolves when it is gone. */
  kill(nodeId: number): Promise<void>;
  /** Ends a broker cleanly, which hands its leadership on first. */
  shutDown(nodeId: number): Promise<void>;
  /** Starts a broker that has ended, with its address and data; resolves when it is ready. */
  restart(nodeId: number): Promise<void>;
  /** Ends what runs, at once. */
  stop(): Promise<void>;
}

export interface KafkaClusterOptions {
  /** Holds a folder for each broker. */
  readonly directory: string;
  /** Told each process id as soon as there is one. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
}

const nodeIds = [1, 2, 3] as const;

/** Starts three brokers: every record has three replicas, and is acknowledged when two have it. */
export async function startKafkaCluster(options: KafkaClusterOptions): Promise<KafkaCluster> {
  const clusterId = newClusterId();
  const [ports, controllerPorts] = await Promise.all([freePorts(), freePorts()]);
  const running = new Map<number, LocalKafka>();
  const start = async (nodeId: number): Promise<void> => {
    const { directory, onSpawn } = options;
    const seat = { nodeId, clusterId, controllerPorts };
    const broker = await startKafka({
      directory: join(directory, `kafka-${nodeId}`),
      port: ports[nodeId - 1],
      seat,
      onSpawn,
    });
    running.set(nodeId, broker);
  };
  const end = async (nodeId: number, isClean: boolean): Promise<void> => {
    const broker = running.get(nodeId);
    if (broker === undefined) throw new Error(`Broker ${nodeId} does not run.`);
    running.delete(nodeId);
    if (isClean) await broker.stop();
    else process.kill(broker.pid, 'SIGKILL');
    await broker.ended;
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...running.keys()].map((nodeId) => end(nodeId, false)));
  };
  // All of them to their end, so that none is left behind when another does not start.
  const failed = (await Promise.allSettled(nodeIds.map(start))).find(({ status }) => status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw (failed as PromiseRejectedResult).reason;
  }
  return {
    brokers: ports.map((port) => `127.0.0.1:${port}`).join(','),
    nodeIds,
    kill: (nodeId) => end(nodeId, false),
    shutDown: (nodeId) => end(nodeId, true),
    restart: start,
    stop,
  };
}

async function freePorts(): Promise<readonly number[]> {
  return Promise.all(nodeIds.map(() => freePort()));
}
