import { join } from 'node:path';
import { startKafka } from '../local/kafka.js';
import { startPostgres } from '../local/postgres.js';
import type { Part } from './supervisor.js';

/** A server that we run because the environment names none. `address` is known once it has started. */
export interface ServerPart extends Part {
  address(): string;
}

/** Where the ports are that a broker tells some of its clients. */
export interface KafkaPart extends ServerPart {
  /** Of the listener that advertises this port; 0 while there is none. */
  portBehind(advertisedPort: number): number;
}

/** An embedded Postgres; started again, it has the same address and data. */
export function postgresPart(directory: string, isDurable: boolean): ServerPart {
  let url = '';
  let port: number | undefined;
  return {
    name: 'postgres',
    layer: 'server',
    address: () => url,
    async start(onSpawn) {
      const server = await startPostgres({
        directory: join(directory, 'postgres'),
        isDurable,
        port,
        onSpawn,
      });
      ({ url, port } = server);
      return server;
    },
  };
}

/** A local broker; started again, it has the same address and data. A further listener for each of `advertisedPorts`. */
export function kafkaPart(directory: string, advertisedPorts: () => readonly number[]): KafkaPart {
  let brokers = '';
  let port: number | undefined;
  let listenerPorts: readonly number[] = [];
  return {
    name: 'kafka',
    layer: 'server',
    address: () => brokers,
    portBehind: (advertisedPort) => listenerPorts[advertisedPorts().indexOf(advertisedPort)] ?? 0,
    async start(onSpawn) {
      const server = await startKafka({
        directory: join(directory, 'kafka'),
        port,
        advertisedPorts: advertisedPorts(),
        onSpawn,
      });
      ({ brokers, port, listenerPorts } = server);
      return server;
    },
  };
}
