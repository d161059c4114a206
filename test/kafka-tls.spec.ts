import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { projectRoot } from '../tools/local/project-root.js';

/** The type of a TLS record that begins a handshake; what Kafka itself speaks begins with a length, whose first byte is 0. */
const tlsHandshake = 0x16;

const readStates = `
  import { readStates } from './dist/tools/start/states.js';
  await readStates({ brokers: [process.env.KAFKA_BROKERS], ssl: process.env.KAFKA_SSL === 'true' }, () => {});`;

/** Who reads Kafka beside the services. */
const programs = [
  ['setup', ['dist/tools/setup.js']],
  ['npm start', ['--input-type=module', '--eval', readStates]],
  ['the funnel', ['dist/examples/funnel.js']],
] as const;

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

test.each(programs)('%s speaks TLS to brokers that ask for it, and only to those', async (_who, args) => {
  expect(await firstByteOf(args, { KAFKA_SSL: 'true' })).toBe(tlsHandshake);
  expect(await firstByteOf(args, {})).toBe(0);
});

async function firstByteOf(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const broker = createServer().listen(0, '127.0.0.1');
  await once(broker, 'listening');
  const connected = once(broker, 'connection') as Promise<[Socket]>;
  const program = spawn(process.execPath, args, {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      KAFKA_BROKERS: `127.0.0.1:${(broker.address() as AddressInfo).port}`,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      SERVICE_DATABASE_PASSWORD: 'not-needed-here',
      ...env,
    },
  });
  closings.push(
    () => program.kill('SIGKILL'),
    () => broker.close(),
  );
  const [socket] = await connected;
  closings.push(() => socket.destroy());
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes[0] ?? -1;
}
