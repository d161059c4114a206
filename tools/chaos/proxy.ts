import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { freePort } from '../local/free-port.js';

/** How a link is: `slow` delays each byte, `frozen` passes none and closes nothing. */
export type LinkState = 'open' | 'cut' | 'slow' | 'frozen';

/** A link of the pipeline, and what is special about it. */
export interface ProxyOptions {
  /** Where the other listens now. */
  readonly port: () => number;
  /**
   * False: what was under way when the link froze never arrives. For FinHub, which must not be asked later than the settle
   * time; elsewhere what a client has given up may still arrive.
   */
  readonly deliversLate: boolean;
  readonly slownessMs?: number;
}

/** A TCP proxy in one link: passes everything on, until it is told otherwise. */
export class LinkProxy {
  private state: LinkState = 'open';
  private struckCount = 0;
  private readonly connections = new Set<Connection>();

  private constructor(
    private readonly server: Server,
    private readonly options: ProxyOptions,
  ) {
    server.on('connection', (client) => {
      this.accept(client);
    });
  }

  static async listen(options: ProxyOptions): Promise<LinkProxy> {
    const server = createServer({ allowHalfOpen: true });
    const port = await freePort();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return new LinkProxy(server, options);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many connections pass now. */
  get count(): number {
    return this.connections.size;
  }

  /** How many connections were cut or refused, and how many chunks were delayed or held, since the link is there. */
  get struck(): number {
    return this.struckCount;
  }

  set(state: LinkState): void {
    const isThawing = this.state === 'frozen' && state !== 'frozen';
    this.state = state;
    if (state === 'cut') this.struckCount += this.connections.size;
    for (const connection of [...this.connections]) {
      if (state === 'cut' || (isThawing && !this.options.deliversLate)) connection.destroy();
      else connection.flush();
    }
  }

  close(): void {
    for (const connection of [...this.connections]) connection.destroy();
    this.server.close();
  }

  private accept(client: Socket): void {
    if (this.state === 'cut') {
      this.struckCount += 1;
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.options.port(), host: '127.0.0.1', allowHalfOpen: true });
    const how = {
      isFrozen: (): boolean => this.state === 'frozen',
      delayMs: (): number => (this.state === 'slow' ? (this.options.slownessMs ?? 300) : 0),
      onChunk: (): void => {
        if (this.state !== 'open') this.struckCount += 1;
      },
    };
    const pipes = [
      new Pipe({ source: client, sink: server, ...how }),
      new Pipe({ source: server, sink: client, ...how }),
    ];
    const connection = new Connection([client, server], pipes, () => this.connections.delete(connection));
    this.connections.add(connection);
    connection.watch(this.options.deliversLate);
  }
}

class Connection {
  private isGone = false;

  constructor(
    private readonly ends: readonly Socket[],
    private readonly pipes: readonly Pipe[],
    private readonly whenGone: () => void,
  ) {}

  /** An end that is gone takes the other with it: at once, or when what it had sent has arrived. */
  watch(deliversLate: boolean): void {
    for (const end of this.ends) {
      end.on('error', () => undefined);
      end.once('close', () => {
        const held = this.pipes.find((pipe) => pipe.source === end && pipe.isHolding);
        if (!deliversLate || held === undefined) this.destroy();
        else
          held.whenEmpty = () => {
            this.destroy();
          };
      });
    }
  }

  flush(): void {
    for (const pipe of this.pipes) pipe.flush();
  }

  destroy(): void {
    if (this.isGone) return;
    this.isGone = true;
    for (const end of this.ends) end.resetAndDestroy();
    this.whenGone();
  }
}

/** One direction of a connection. */
class Pipe {
  readonly source: Socket;
  whenEmpty = (): void => undefined;
  private readonly held: { readonly chunk: Buffer | null; readonly dueMs: number }[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: {
      readonly source: Socket;
      readonly sink: Socket;
      readonly isFrozen: () => boolean;
      readonly delayMs: () => number;
      readonly onChunk: () => void;
    },
  ) {
    this.source = parts.source;
    parts.source.on('data', (chunk: Buffer) => {
      this.hold(chunk);
    });
    parts.source.once('end', () => {
      this.hold(null);
    });
    parts.sink.on('drain', () => {
      if (!this.isHolding) this.source.resume();
    });
  }

  get isHolding(): boolean {
    return this.held.length > 0;
  }

  flush(): void {
    const { sink, isFrozen } = this.parts;
    clearTimeout(this.timer);
    for (let head = this.held[0]; head !== undefined && !isFrozen(); head = this.held[0]) {
      const leftMs = head.dueMs - performance.now();
      if (leftMs > 0) {
        this.timer = setTimeout(() => {
          this.flush();
        }, leftMs);
        return;
      }
      this.held.shift();
      if (head.chunk === null) sink.end();
      else if (!sink.write(head.chunk)) this.source.pause();
    }
    if (!this.isHolding) {
      if (!sink.writableNeedDrain) this.source.resume();
      this.whenEmpty();
    }
  }

  private hold(chunk: Buffer | null): void {
    this.parts.onChunk();
    this.held.push({ chunk, dueMs: performance.now() + this.parts.delayMs() });
    if (this.held.length > 100) this.source.pause();
    this.flush();
  }
}
