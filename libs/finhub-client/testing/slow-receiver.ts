import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FinhubTenantSettings } from '../settings.js';
import { answer, jwt, tenantUuid } from './local-finhub.js';

interface Upload {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A FinHub that reads an upload only when it is told to, and keeps nothing of it. */
export class SlowReceiver {
  /** Most uploads that were open at a time. */
  openMax = 0;
  /** Most bytes of buffers that the process had while it read. */
  arrayBuffersMax = 0;
  readonly #uploads: Upload[] = [];
  readonly #waiting: Upload[] = [];
  readonly #arrivals = new EventEmitter();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => this.#take({ request, response }));
  }

  static async start(): Promise<SlowReceiver> {
    const server = createServer();
    const receiver = new SlowReceiver(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get open(): number {
    return this.#uploads.length;
  }

  settings(): FinhubTenantSettings {
    return {
      tenantId: tenantUuid,
      baseUrl: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      organizationId: 'org-1',
      adminUserId: 'admin-1',
      adminUsername: 'admin@tenant.test',
      adminPassword: 'Admin-Password-01',
      verificationCall: 'verifications',
      approval: 'auto',
    };
  }

  /** The next upload that has begun; its body waits in the socket. */
  async nextUpload(): Promise<Upload> {
    if (this.#waiting.length === 0) await once(this.#arrivals, 'upload');
    const upload = this.#waiting.shift();
    return upload ?? this.nextUpload();
  }

  /** Until the sender has come to a stand. */
  async untilItsBufferIsFull(sentBytes: () => number): Promise<void> {
    let before = -1;
    while (before !== sentBytes()) {
      before = sentBytes();
      await delay(200);
    }
  }

  /** Reads an upload to its end and answers it. */
  answer({ request, response }: Upload): void {
    request.on('data', () => {
      this.arrayBuffersMax = Math.max(this.arrayBuffersMax, process.memoryUsage().arrayBuffers);
    });
    request.on('end', () => {
      this.#uploads.splice(
        this.#uploads.findIndex((upload) => upload.request === request),
        1,
      );
      answer(response, 200, { documentId: 'd-1' });
    });
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  #take(upload: Upload): void {
    if (!upload.request.url?.includes('/verifications/')) {
      answer(upload.response, 200, { token: jwt({ lifetimeS: 3600 }) });
      return;
    }
    this.#uploads.push(upload);
    this.#waiting.push(upload);
    this.openMax = Math.max(this.openMax, this.#uploads.length);
    this.#arrivals.emit('upload');
  }
}
