import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FinhubTenantSettings } from '../settings.js';

/** A request as the server got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers a request; the raw socket is `response.socket`. */
export type Respond = (request: Received, response: ServerResponse) => void;

export const tenantUuid = '0b9d6f6e-4c3a-4a52-9f0e-2f8a7c1d3e01';

/**
 * A real HTTP server on this machine that plays FinHub: logs everybody in by itself, unless a test says how, and answers the
 * rest as the test says.
 */
export class LocalFinhub {
  readonly received: Received[] = [];
  logins = 0;
  respond: Respond = (_, response) => answer(response, 200, {});
  respondToLogin: Respond = (_, response) =>
    answer(response, 200, { token: jwt({ lifetimeS: 3600, jti: this.logins }), sessionId: 's-1' });

  private constructor(private readonly server: Server) {}

  static async start(): Promise<LocalFinhub> {
    const server = createServer();
    const finhub = new LocalFinhub(server);
    server.on('request', (request, response) => void finhub.handle(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return finhub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  settings(changes: Partial<FinhubTenantSettings> = {}): FinhubTenantSettings {
    return {
      tenantId: tenantUuid,
      baseUrl: this.url,
      organizationId: 'org-1',
      adminUserId: 'admin-1',
      adminUsername: 'admin@tenant.test',
      adminPassword: 'Admin-Password-01',
      tenantKey: 'tenant-key',
      tenantSecret: 'tenant-secret',
      verificationCall: 'verifications',
      approval: 'auto',
      ...changes,
    };
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received: Received = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: await textOf(request),
    };
    if (received.path.endsWith('/sessions')) {
      this.logins += 1;
      this.respondToLogin(received, response);
      return;
    }
    this.received.push(received);
    this.respond(received, response);
  }
}

/** Answers in FinHub's normative envelope (CONTRACT.md b.4). */
export function answer(response: ServerResponse, status: number, data: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ code: status, message: 'Success', data }));
}

/** A token as FinHub makes it, with a signature of nobody. */
export function jwt({ lifetimeS, jti = 0 }: { lifetimeS: number; jti?: number }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'bff',
    tenantId: tenantUuid,
    iat: 1_900_000_000,
    exp: 1_900_000_000 + lifetimeS,
    jti,
  };
  return `${part({ alg: 'HS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** The body, or what of it came before the client went away. */
async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return Buffer.concat(chunks).toString('utf8');
  }
  return Buffer.concat(chunks).toString('utf8');
}
