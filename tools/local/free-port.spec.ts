import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { freePort, freePorts } from './free-port.js';

let taken: Server | undefined;

afterEach(() => {
  taken?.close();
  taken = undefined;
});

test('the preferred port is taken when it is free, and left to whoever has it when not', async () => {
  const wanted = await freePort();
  expect(await freePort(wanted)).toBe(wanted);
  taken = await listenOn(wanted);
  const other = await freePort(wanted);
  expect(other).not.toBe(wanted);
  expect(await listenOn(other).then(portOf)).toBe(other);
});

test('several ports are all free, and no two alike', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(await Promise.all(ports.map((port) => listenOn(port).then(portOf)))).toEqual(ports);
});

async function listenOn(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Where it listened: it ends. */
function portOf(server: Server): number {
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
