import { join } from 'node:path';
import { startKafka } from '../local/kafka.js';
import { startPostgres } from '../local/postgres.js';
import type { Part } from './supervisor.js';

/** A server that we run because the environment names none. `address` is known once it has started. */
export interface ServerPart extends Part {
  address(): string;
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

/** A local broker; started again, it has the same address and data. */
export function kafkaPart(directory: string): ServerPart {
  let brokers = '';
  let port: number | undefined;
  return {
    name: 'kafka',
    layer: 'server',
    address: () => brokers,
    async start(onSpawn) {
      const server = await startKafka({ directory: join(directory, 'kafka'), port, onSpawn });
      ({ brokers, port } = server);
      return server;
    },
  };
}
