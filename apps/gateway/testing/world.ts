import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { topics } from '#contracts/topics.js';
import { startService } from '#platform/service.js';
import { createPool } from '#platform/database.js';
import { generateVaultKeys, loadVaultKeys, type VaultKeys } from '#vault/vault-keys.js';
import { Vault } from '#vault/vault.js';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { connectTestKafka, type TestKafka } from '../../../test/kafka.js';
import { waitUntil } from '../../../test/wait-until.js';
import { setUpTopics } from '../../../tools/setup/topics.js';
import { everyTenant, type Scope } from '../api-keys/api-key.js';
import { ApiKeyStore } from '../api-keys/api-key-store.js';
import { KeyMaker } from '../api-keys/key-maker.js';
import { GatewayDatabase } from '../gateway-database.js';
import type { GatewayPublisher } from '../gateway.js';
import { gatewayService } from '../gateway.service.js';
import { FakeServer, type FakeAnswer, type SeenRequest } from './fake-server.js';

/** One error of a problem. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
}

/** What answers say; which of it is there, the spec knows. */
export interface AnswerJson {
  readonly [field: string]: unknown;
  readonly code: string;
  readonly errors: readonly Fault[];
  readonly key: string;
  readonly id: string;
  readonly commandId: string;
  readonly correctionId: string;
}

/** An answer of the gateway. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: AnswerJson;
}

/** What to send besides method and path: JSON, or bytes as they are. */
export interface Sending {
  readonly key?: string | undefined;
  readonly json?: unknown;
  readonly body?: RequestInit['body'];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A gateway that is up. */
export interface RunningGateway {
  readonly url: string;
  call(method: string, path: string, sending?: Sending): Promise<Answer>;
  stop(): Promise<void>;
}

/** An event or command as it lies on a topic. */
export interface Published {
  readonly id: string;
  readonly type: string;
  readonly tenantid: string;
  readonly sequence?: number;
  readonly data: Readonly<Record<string, unknown>> & { readonly errors: readonly Fault[] };
  readonly text: string;
}

/** What a gateway stands in: Postgres and Kafka are real, the tracker is a fake. */
export class World {
  /** Nobody else's: the topics are shared with other specs. */
  readonly tenantId = `tenant-${randomUUID().slice(0, 8)}`;
  /** What the tracker answers; 404 unless a spec says otherwise. */
  trackerAnswers: (request: SeenRequest) => FakeAnswer = () => ({ status: 404 });

  private constructor(
    readonly database: TestDatabase,
    readonly kafka: TestKafka,
    private readonly parts: { tracker: FakeServer; pool: Pool; vaultSettings: Record<string, string> },
  ) {}

  static async open(): Promise<World> {
    const [database, kafka] = await Promise.all([createTestDatabase(), connectTestKafka()]);
    await setUpTopics(kafka.admin, topics());
    const pool = createPool(database.urlFor('gateway'), {
      applicationName: 'spec',
      schema: 'gateway',
      max: 3,
    });
    const tracker = await FakeServer.start((request) => world.trackerAnswers(request));
    const world: World = new World(database, kafka, {
      tracker,
      pool,
      vaultSettings: { ...generateVaultKeys() },
    });
    return world;
  }

  get vaultKeys(): VaultKeys {
    return loadVaultKeys(this.parts.vaultSettings);
  }

  /** The vault with the rights of the gateway's role. */
  get vault(): Vault {
    return new Vault(this.parts.pool, this.vaultKeys);
  }

  /** The vault as that role sees it for a tenant. */
  vaultOf(tenantId = this.tenantId): Vault {
    return this.vault.forTenant(tenantId);
  }

  /** Schema `gateway`, with the rights of the gateway's role. */
  get gatewayDatabase(): GatewayDatabase {
    return new GatewayDatabase(this.parts.pool);
  }

  get tracker(): FakeServer {
    return this.parts.tracker;
  }

  /** Makes an API key. */
  async key(scopes: Scope[], tenantId = this.tenantId): Promise<string> {
    const keyMaker = new KeyMaker(new ApiKeyStore(this.gatewayDatabase), this.vaultKeys.hashKey);
    return (await keyMaker.create({ tenantId, scopes, name: `key-${randomUUID()}` })).text;
  }

  /** Makes a key for ops of every tenant. */
  opsKey(): Promise<string> {
    return this.key(['ops', 'read'], everyTenant);
  }

  /** Starts a gateway as `main.ts` does. */
  async start(
    own: { env?: Record<string, string>; publisher?: GatewayPublisher } = {},
  ): Promise<RunningGateway> {
    const env = {
      DATABASE_URL: this.database.urlFor('gateway'),
      KAFKA_BROKERS: this.kafka.brokers.join(','),
      TRACKER_URL: this.tracker.url,
      TRACKER_TOKEN: 'tracker-token-of-the-spec',
      LOG_LEVEL: 'silent',
      ...this.parts.vaultSettings,
      ...own.env,
    };
    const faults: string[] = [];
    const host = {
      env,
      stderr: { write: (text: string) => faults.push(text) },
      on: () => undefined,
      exit: () => undefined,
    };
    const service = await startService(gatewayService({ ...own, env }), host);
    if (service === undefined) throw new Error(faults.join(''));
    const url = `http://127.0.0.1:${service.port}`;
    await waitUntil(
      'the gateway to be ready',
      async () => (await call('GET', `${url}/health/ready`)).status === 200,
    );
    return {
      url,
      call: (method, path, sending) => call(method, `${url}${path}`, sending),
      stop: () => service.app.close(),
    };
  }

  /** What was published about an onboarding to a topic, in order. */
  async published(topic: string, onboardingId: string): Promise<Published[]> {
    const records = await this.kafka.readTopic(topic);
    return records.flatMap(({ key, value }) => {
      const text = value?.toString() ?? '';
      return key === onboardingId ? [{ ...(JSON.parse(text) as Published), text }] : [];
    });
  }

  async close(): Promise<void> {
    await this.parts.pool.end();
    await Promise.all([this.tracker.stop(), this.kafka.close(), this.database.close()]);
  }
}

async function call(
  method: string,
  url: string,
  { key, json, body, headers }: Sending = {},
): Promise<Answer> {
  const content = json === undefined ? body : JSON.stringify(json);
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content, duplex: 'half' as const }),
  });
  const text = await response.text();
  const isJson = /json/u.test(response.headers.get('content-type') ?? '');
  const read = (isJson ? JSON.parse(text) : {}) as AnswerJson;
  return { status: response.status, headers: response.headers, text, json: read };
}
