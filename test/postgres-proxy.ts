import { connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of a statement: its answer is lost, it never arrives, or it arrives when all have given it up. */
export type Fate = 'answer-lost' | 'statement-lost' | 'late';

interface Awaited {
  readonly texts: readonly string[];
  readonly fate: Fate;
  readonly isAtCommit: boolean;
  skip: number;
  readonly met: (met: Met) => void;
}

interface Link {
  readonly client: Socket;
  readonly database: Socket;
  /** Whose COMMIT is to come. */
  awaited?: Awaited;
}

/** A statement that met its fate. */
export interface Met {
  /** For a late one: lets it through to Postgres; resolves when Postgres has done it. */
  readonly release: () => Promise<void>;
}

/** Messages that end a statement and its answer: Sync of the client, ReadyForQuery of Postgres. */
const sync = Buffer.from([0x53, 0, 0, 0, 4]);
const ready = Buffer.from([0x5a, 0, 0, 0, 5]);

/** Sits between a pool and Postgres, and cuts connections at a chosen statement. */
export class PostgresProxy {
  private awaited: Awaited[] = [];
  private isFrozen = false;
  private readonly sockets = new Set<Socket>();
  /** Connections to Postgres that outlive their client. */
  private readonly held = new WeakSet<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly behind: URL,
  ) {}

  static async open(databaseUrl: string): Promise<PostgresProxy> {
    const server = createServer();
    const proxy = new PostgresProxy(server, new URL(databaseUrl));
    server.on('connection', (client) => {
      proxy.carry(client);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The database's URL, through the proxy. */
  get url(): string {
    const url = new URL(this.behind);
    const { port } = this.server.address() as { port: number };
    url.host = `127.0.0.1:${port}`;
    return url.href;
  }

  /** Gives the next statement that holds all of `texts` its fate, after as many of them as `skip` went through. */
  async next(texts: readonly string[], fate: Fate, skip = 0): Promise<Met> {
    return new Promise((met) => {
      this.awaited.push({ texts, fate, skip, met, isAtCommit: false });
    });
  }

  /** The same for the COMMIT of the transaction in which the statement is. */
  async nextCommit(texts: readonly string[], fate: Fate): Promise<Met> {
    return new Promise((met) => {
      this.awaited.push({ texts, fate, skip: 0, met, isAtCommit: true });
    });
  }

  /** Carries nothing from now on, and leaves all connections open: who is in front of it is cut off without a word. */
  freeze(): void {
    this.isFrozen = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Carries on with what was held up. */
  thaw(): void {
    this.isFrozen = false;
    for (const socket of this.sockets) socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private carry(client: Socket): void {
    const database = connect(Number(this.behind.port), this.behind.hostname);
    const link: Link = { client, database };
    this.join(client, database);
    this.join(database, client);
    let asked: Buffer[] = [];
    client.on('data', (chunk) => {
      asked.push(chunk);
      const bytes = Buffer.concat(asked);
      // The messages of one statement are written together: they are looked at, and let through, together.
      if (isStatement(bytes) && !bytes.subarray(-sync.length).equals(sync)) return;
      asked = [];
      const awaited = this.whoStrikes(bytes, link);
      if (awaited === undefined) database.write(bytes);
      else this.fulfil(awaited, bytes, link);
    });
    database.on('data', (chunk) => client.write(chunk));
  }

  private join(socket: Socket, other: Socket): void {
    this.sockets.add(socket);
    if (this.isFrozen) socket.pause();
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      if (!this.held.has(other)) other.destroy();
    });
  }

  private whoStrikes(bytes: Buffer, link: Link): Awaited | undefined {
    if (link.awaited !== undefined) return bytes.includes('COMMIT') ? link.awaited : undefined;
    const awaited = this.whoAwaits(bytes);
    if (awaited?.isAtCommit !== true) return awaited;
    link.awaited = awaited;
    return undefined;
  }

  private whoAwaits(bytes: Buffer): Awaited | undefined {
    const awaited = this.awaited.find(({ texts }) => texts.every((text) => bytes.includes(text)));
    if (awaited === undefined) return undefined;
    awaited.skip -= 1;
    if (awaited.skip >= 0) return undefined;
    this.awaited = this.awaited.filter((other) => other !== awaited);
    return awaited;
  }

  /** The client's connection is cut; Postgres' one is kept as long as it is to do the statement. */
  private fulfil({ fate, met }: Awaited, bytes: Buffer, { client, database }: Link): void {
    const release = async () => {
      const isDone = answered(database);
      database.write(bytes);
      await isDone;
      database.destroy();
    };
    if (fate === 'statement-lost') database.destroy();
    else this.held.add(database);
    const isOver = fate === 'answer-lost' ? release() : Promise.resolve();
    void isOver.then(() => {
      client.destroy();
      met({ release });
    });
  }
}

/** Resolves when Postgres is ready for the next statement; its answer goes nowhere. */
function answered(database: Socket): Promise<void> {
  database.removeAllListeners('data');
  return new Promise((resolve) => {
    database.on('data', (answer) => {
      if (answer.subarray(-6, -1).equals(ready)) resolve();
    });
  });
}

/** Parse, Bind, Describe and Execute end with Sync; what else a client says stands alone. */
function isStatement(bytes: Buffer): boolean {
  return bytes[0] === 0x50 || bytes[0] === 0x42;
}
