import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call as the gateway saw it. */
export interface SeenCall {
  readonly route: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** What to answer; `'cut'` closes the connection without an answer. */
export type FakeAnswer = 'cut' | { status: number; body?: unknown; headers?: Record<string, string> };

/** A real HTTP server that answers as a test says: by method and path, or by the longest beginning of it. */
export class FakeGateway {
  readonly calls: SeenCall[] = [];
  private readonly routes = new Map<string, (call: SeenCall) => FakeAnswer>();
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then((answer) => {
      if (answer === 'cut') {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** `route` is e.g. `GET /v1/onboardings`. */
  on(route: string, answer: (call: SeenCall) => FakeAnswer): void {
    this.routes.set(route, answer);
  }

  reset(): void {
    this.calls.length = 0;
    this.routes.clear();
  }

  private async answer(request: IncomingMessage): Promise<FakeAnswer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const route = `${String(request.method)} ${String(request.url)}`;
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const call = { route, authorization: request.headers.authorization, body };
    this.calls.push(call);
    const known = [...this.routes.keys()].filter((its) => route.startsWith(its));
    const best = known.sort((a, b) => b.length - a.length)[0];
    const answer = best === undefined ? undefined : this.routes.get(best);
    return answer?.(call) ?? { status: 404, body: { code: 'route_unknown' } };
  }
}
