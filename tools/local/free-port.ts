import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports below those that systems give to outgoing connections (Linux: from 32768 on): one that a process shall have again
 * after its restart must not be somebody's end of a connection by then.
 */
const range = { first: 15_000, count: 17_000 };
/**
 * Processes that look for ports at the same time hardly begin at the same one, and then take one after the other, for between
 * looking and listening a port is anybody's. The same process gets no port a second time soon.
 */
let next = randomInt(range.count);

/** A TCP port on 127.0.0.1 that nobody listens on now; `preferred` when it is free. Rejects when there is none. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let tries = 0; tries < range.count; tries += 1) {
    const port = range.first + next;
    next = (next + 1) % range.count;
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${range.first} to ${range.first + range.count - 1} is free.`);
}

/** As many as wanted, no two alike. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

function listenOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve();
      });
    });
  });
}
