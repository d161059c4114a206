import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { EventPattern, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { EventEmitter } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { firstValueFrom, type Observable } from 'rxjs';
import { z } from 'zod';
import { waitUntil } from '../../test/wait-until.js';
import { serviceSettings } from './setting-kinds.js';
import { startService, type RunningService, type ServiceDefinition } from './service.js';
import type { ProcessHost } from './shutdown.js';
import { currentTraceparent } from './tracing.js';

const settings = z.object({ ...serviceSettings, GREETING: z.string().meta({ description: 'what to say' }) });
const env = { GREETING: 'hello', LOG_LEVEL: 'silent' };

class FakeHost extends EventEmitter implements ProcessHost {
  readonly sent: unknown[] = [];
  printed = '';
  exit: (code: number) => void = () => undefined;
  readonly exited = new Promise<number>((resolve) => (this.exit = resolve));
  readonly stderr = { write: (text: string) => (this.printed += text) };

  constructor(readonly env: NodeJS.ProcessEnv) {
    super();
  }

  send(message: unknown): void {
    this.sent.push(message);
  }
}

class OutOfOrder extends Error {}

@Controller()
class GreetingController {
  @EventPattern('greeted')
  async greeted(..._args: unknown[]): Promise<void> {
    throw new OutOfOrder('not yet');
  }

  @Get('trace')
  trace(): object {
    return { traceparent: currentTraceparent() };
  }
}

@Injectable()
class Closing implements BeforeApplicationShutdown, OnApplicationShutdown {
  isClosed = false;
  /** While HTTP still answers. */
  meanwhile: () => Promise<void> = async () => undefined;
  async beforeApplicationShutdown(): Promise<void> {
    await this.meanwhile();
  }
  onApplicationShutdown(): void {
    this.isClosed = true;
  }
}

@Module({ controllers: [GreetingController], providers: [Closing] })
class GreetingModule {}

class FakeTransport extends Server implements CustomTransportStrategy {
  constructor(private readonly failure?: Error) {
    super();
  }
  listen(done: (error?: Error) => void): void {
    done(this.failure);
  }
  close(): void {
    this.messageHandlers.clear();
  }
  on(): void {
    throw new Error('emits nothing');
  }
  unwrap<T>(): T {
    throw new Error('wraps nothing');
  }
  async deliver(pattern: string): Promise<unknown> {
    const answer: unknown = await this.messageHandlers.get(pattern)?.({}, {});
    return firstValueFrom(answer as Observable<unknown>);
  }
}

const definition: ServiceDefinition<typeof settings> = {
  name: 'greeter',
  settings,
  module: () => GreetingModule,
};
const started: NestExpressApplication[] = [];

async function start(
  host: FakeHost,
  changes: Partial<ServiceDefinition<typeof settings>> = {},
): Promise<RunningService | undefined> {
  return startService({ ...definition, http: (app) => void started.push(app), ...changes }, host);
}

function connectionsOf(server: HttpServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}

async function askHealth(): Promise<unknown[]> {
  const url = await started.at(-1)!.getUrl();
  return Promise.all(
    ['live', 'ready'].map(async (what) => {
      const answer = await fetch(`${url}/health/${what}`);
      return [answer.status, await answer.json()];
    }),
  );
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((app) => app.close()));
});

describe('a service that starts', () => {
  it('tells its parent its real port, and is ready, once it listens', async () => {
    const host = new FakeHost(env);
    const running = await start(host);
    expect(host.sent).toEqual([{ type: 'ready', service: 'greeter', port: running!.port }]);
    const answer = await fetch(`http://127.0.0.1:${running!.port}/health/ready`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready' }]);
  });

  it('is alive but not ready while it starts its transports', async () => {
    const host = new FakeHost(env);
    const transport = new FakeTransport();
    const seen: unknown[] = [];
    transport.listen = (done) =>
      void askHealth().then((answers) => {
        seen.push(...answers, ...host.sent);
        done();
      });
    await start(host, { microservices: () => [transport] });
    expect(seen).toEqual([
      [200, { status: 'live' }],
      [503, { status: 'not ready', notReady: { service: 'starting' } }],
    ]);
  });

  it('serves its metrics for Prometheus', async () => {
    const running = await start(new FakeHost(env));
    const answer = await fetch(`http://127.0.0.1:${running!.port}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/u);
    expect(await answer.text()).toContain('service="greeter"');
  });

  it('continues the trace of a request, also where it traces nothing itself', async () => {
    const running = await start(new FakeHost(env));
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const answer = await fetch(`http://127.0.0.1:${running!.port}/trace`, { headers: { traceparent } });
    expect(await answer.json()).toEqual({ traceparent });
  });

  it.each([
    ['GET / HTTP/1.1\r\nno header\r\n\r\n', 400, 'malformed_http'],
    ['\u0016\u0003\u0001 a TLS greeting\r\n\r\n', 400, 'malformed_http'],
    [`GET /?${'x'.repeat(40_000)} HTTP/1.1\r\n\r\n`, 431, 'headers_too_large'],
  ])('answers what is no HTTP request as problem details too', async (bytes, status, code) => {
    const running = await start(new FakeHost(env));
    const socket = connect(running!.port, '127.0.0.1').setEncoding('utf8');
    socket.write(bytes);
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*application/problem\\+json`, 'su'));
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, code });
  });

  it('hangs up on who sent no HTTP request, also where the other side stays', async () => {
    const running = await start(new FakeHost(env));
    const server = running!.app.getHttpServer();
    const socket = connect({ port: running!.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write('no HTTP\r\n\r\n');
    await text(socket);
    await waitUntil('the connection to be closed', async () => (await connectionsOf(server)) === 0);
    socket.destroy();
  });

  it('gives a transport the errors of its handlers as they were thrown', async () => {
    const transport = new FakeTransport();
    await start(new FakeHost(env), { microservices: () => [transport] });
    await expect(transport.deliver('greeted')).rejects.toThrow(OutOfOrder);
  });
});

describe('a service that cannot start prints a sentence per mistake and exits with 1', () => {
  it.each([
    [
      'settings',
      { env: { PORT: 'abc' } },
      'greeter cannot start: PORT cannot be "abc" (the HTTP port; 0 takes any free one): expected a whole number from 0 to 65535; set it like PORT=3000\n' +
        'greeter cannot start: GREETING is not set (what to say): set GREETING\n',
    ],
    [
      'what a module refuses, such as a wrong key',
      {
        module: () => {
          throw new Error('the key does not fit the vault');
        },
      },
      'greeter cannot start: the key does not fit the vault\n',
    ],
    [
      'what it waits for refuses for good',
      { prepare: () => Promise.reject(new Error('wrong password')) },
      'greeter cannot start: wrong password\n',
    ],
    [
      'a transport',
      { microservices: () => [new FakeTransport(new Error('no such topic'))] },
      'greeter cannot start: no such topic\n',
    ],
    [
      'an address that is not ours',
      { env: { ...env, HOST: '192.0.2.1' } },
      'greeter cannot start: this machine has no address 192.0.2.1: set HOST to one that it has\n',
    ],
  ])('%s', async (_what, { env: itsEnv, ...changes }: { env?: object } & object, printed) => {
    const host = new FakeHost({ ...(itsEnv ?? env) });
    expect(await start(host, changes)).toBeUndefined();
    expect(await host.exited).toBe(1);
    expect(host.printed).toBe(printed);
    expect(host.sent).toEqual([]);
  });

  it('bad wiring', async () => {
    @Injectable()
    class Lonely {
      constructor(readonly closing: Closing) {}
    }
    @Module({ providers: [Lonely] })
    class LonelyModule {}
    const host = new FakeHost(env);
    await start(host, { module: () => LonelyModule });
    expect(await host.exited).toBe(1);
    expect(host.printed).toMatch(
      /^greeter cannot start: Nest can't resolve dependencies of the Lonely[^\n]*\n$/u,
    );
  });

  it('a port in use', async () => {
    const running = await start(new FakeHost(env));
    const host = new FakeHost({ ...env, PORT: String(running!.port) });
    await start(host);
    expect(await host.exited).toBe(1);
    expect(host.printed).toBe(
      `greeter cannot start: port ${running!.port} is in use: stop who uses it, or set PORT to another (0 takes any)\n`,
    );
  });
});

describe('a service that is told to stop', () => {
  it.each(['SIGTERM', 'SIGINT', 'disconnect'])(
    '%s: is not ready, closes everything, exits with 0',
    async (signal) => {
      const host = new FakeHost(env);
      const running = await start(host);
      const closing = running!.app.get(Closing);
      const asked = new Promise<unknown[]>((resolve) => {
        closing.meanwhile = async () => {
          resolve(await askHealth());
        };
      });
      host.emit(signal);
      expect(await asked).toEqual([
        [200, { status: 'live' }],
        [503, { status: 'not ready', notReady: { service: 'stopping' } }],
      ]);
      expect(await host.exited).toBe(0);
      expect(closing.isClosed).toBe(true);
      await expect(fetch(`http://127.0.0.1:${running!.port}/health/live`)).rejects.toThrow();
    },
  );

  it('while it waits for a database, gives up waiting and exits with 0', async () => {
    const host = new FakeHost(env);
    const prepare: ServiceDefinition<typeof settings>['prepare'] = async (_settings, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
        host.emit('SIGTERM');
      });
    await start(host, { prepare });
    expect(await host.exited).toBe(0);
    expect(host.printed).toBe('');
  });

  it.each(['unhandledRejection', 'uncaughtException'])('by an %s, exits with 1', async (event) => {
    const host = new FakeHost(env);
    await start(host);
    host.emit(event, new Error('a bug'));
    expect(await host.exited).toBe(1);
  });
});
