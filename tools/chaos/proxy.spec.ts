import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { waitUntil } from '../../test/wait-until.js';
import { LinkProxy } from './proxy.js';

let server: Server;
let received: string;
let proxy: LinkProxy | undefined;

beforeEach(async () => {
  received = '';
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      socket.write(`echo ${chunk.toString()}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  proxy?.close();
  server.close();
});

test('an open link passes everything on, both ways', async () => {
  const client = await given({ deliversLate: true });
  client.socket.write('hello');
  await waitUntil('the echo', () => client.text() === 'echo hello');
  expect(proxy?.struck).toBe(0);
});

test('what is wrong with a link strikes nobody where nothing wants to pass', async () => {
  await given({ deliversLate: true });
  proxy?.set('frozen');
  proxy?.set('slow');
  proxy?.set('open');
  expect(proxy?.struck).toBe(0);
});

test('a cut link ends what was open, and takes nobody in until it is open again', async () => {
  const client = await given({ deliversLate: true });
  client.socket.write('hello');
  await waitUntil('the echo', () => client.text() !== '');
  proxy?.set('cut');
  await waitUntil('the end', () => client.socket.closed);
  const next = open();
  await waitUntil('the refusal', () => next.socket.closed);
  expect(proxy?.struck).toBe(2);
  proxy?.set('open');
  const last = open();
  last.socket.write('again');
  await waitUntil('the echo', () => last.text() === 'echo again');
});

test('a frozen link passes nothing and closes nothing; what was sent arrives when it thaws', async () => {
  const client = await given({ deliversLate: true });
  proxy?.set('frozen');
  client.socket.write('hello');
  client.socket.destroy();
  proxy?.set('open');
  await waitUntil('what was given up', () => received === 'hello');
  await waitUntil('the end', () => proxy?.count === 0);
});

test('what froze on its way to FinHub never arrives', async () => {
  const client = await given({ deliversLate: false });
  client.socket.write('before');
  await waitUntil('the echo', () => client.text() === 'echo before');
  proxy?.set('frozen');
  client.socket.write('after');
  await waitUntil('it to be held', () => client.socket.bytesWritten === 'before'.length + 'after'.length);
  proxy?.set('open');
  await waitUntil('the end', () => client.socket.closed);
  expect(received).toBe('before');
});

async function given({ deliversLate }: { deliversLate: boolean }): Promise<ReturnType<typeof open>> {
  proxy = await LinkProxy.listen({ port: () => (server.address() as AddressInfo).port, deliversLate });
  const client = open();
  await once(client.socket, 'connect');
  return client;
}

function open(): { socket: Socket; text: () => string } {
  let text = '';
  const socket = connect(proxy?.port ?? 0, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { socket, text: () => text };
}
