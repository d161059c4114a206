import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { kafkaConnection, type KafkaConnection } from '#platform/kafka-connection.js';
import { kafkaSettings } from '#platform/setting-kinds.js';
import { loadSettings } from '#platform/settings.js';
import { freePort } from '../local/free-port.js';
import type { RunRecord } from '../local/run-record.js';
import type { DatabaseService } from '../setup/services.js';
import { setUpBroker, setUpSchemas } from '../setup/set-up.js';
import { makeApiKey } from './api-key.js';
import { boundLogs } from './log-bound.js';
import { detoured } from './detours.js';
import type { Interference } from './interference.js';
import { nodePart, type NodeProgram } from './node-part.js';
import { sandboxCredentials, sandboxTenants, tenantOf } from './tenant.js';
import { loadSecrets, type Secrets } from './secrets.js';
import { kafkaPart, postgresPart, type KafkaPart, type ServerPart } from './server-parts.js';
import { serviceParts, type ServicePart } from './service-parts.js';
import { settingsOf, settingsOfSandbox, type PipelineAddresses } from './service-settings.js';
import type { Sources } from './sources.js';
import { Supervisor, type Part } from './supervisor.js';

/** How to run the whole system on this machine. */
export interface PipelineOptions {
  /** Holds data, logs and secrets. */
  readonly directory: string;
  readonly sources: Sources;
  /** False: what an earlier run left in `directory` is removed first. */
  readonly isDataKept: boolean;
  /** True: data survive a power cut. Tests do without. */
  readonly isDurable: boolean;
  /** True: the same ports from run to run, where nobody else has them. False: any free ones. */
  readonly arePortsStable: boolean;
  /** The user's: secrets, and settings of services, of it are used before ours. */
  readonly env: NodeJS.ProcessEnv;
  readonly record: Pick<RunRecord, 'add' | 'remove'>;
  readonly say: (line: string) => void;
  /**
   * Processes of each stage, 1 unless told; the second of registration is the part `registration-2`. With 0 they are the
   * caller's: see {@link Pipeline.replica}.
   */
  readonly replicas?: number;
  /** A tester's; then nothing may come from outside: no `sources`. */
  readonly interference?: Interference;
  /** Tells each part's process id and how long it took to be ready. */
  readonly isVerbose?: boolean;
}

/** Where a running pipeline is, and the key to it. */
export interface PipelineAccess {
  readonly gatewayUrl: string;
  readonly trackerUrl: string;
  /** Where each service answers HTTP, by its part's name: health, metrics. */
  readonly serviceUrls: ReadonlyMap<string, string>;
  /** Undefined where FinHub is real. */
  readonly sandboxUrl: string | undefined;
  readonly brokers: string;
  /** The brokers, with TLS and login where the user's environment names them. */
  readonly kafka: KafkaConnection;
  /** The superuser's. */
  readonly databaseUrl: string;
  readonly tenantId: string;
  readonly apiKey: string;
  /** For what belongs to no tenant: dead letters. */
  readonly everyTenantApiKey: string;
}

/** The ports of a pipeline whose ports are stable. */
const preferredPorts = { gateway: 3000, tracker: 3001, sandbox: 3002, firstStage: 3010 };

/** All parts as processes of their own: started in order, kept running, stopped together. */
export class Pipeline {
  readonly supervisor: Supervisor;
  readonly #parts: readonly ServicePart[];
  /** By part, where a tester is in between: the port of Kafka that the part is told. */
  readonly #kafkaDetours = new Map<string, number>();
  readonly #kafka: KafkaPart;
  readonly #postgres: ServerPart;
  #addresses: PipelineAddresses | undefined;
  #stopBounding = (): void => undefined;

  constructor(private readonly options: PipelineOptions) {
    const { directory, isDurable, replicas = 1 } = options;
    this.supervisor = new Supervisor(options);
    this.#parts = serviceParts(replicas);
    this.#kafka = kafkaPart(directory, () => [...this.#kafkaDetours.values()]);
    this.#postgres = postgresPart(directory, isDurable);
  }

  /** Starts everything and resolves when all of it is ready. Rejects with what stands in the way; `stop` it then too. */
  async start(): Promise<PipelineAccess> {
    const { sources, env, directory } = this.options;
    this.#prepareFolders();
    const secrets = loadSecrets(directory, env);
    const tenantId = tenantOf(sources);
    await this.#detourKafka();
    const [servers, sandboxUrl] = await Promise.all([this.#startServers(secrets), this.#startSandbox()]);
    const ports = await this.#choosePorts();
    const gatewayUrl = urlOf(ports.get('gateway'));
    const trackerUrl = urlOf(ports.get('tracker'));
    const finhub = sources.finhub ?? sandboxCredentials(sandboxUrl ?? '');
    const gatewayPublicUrl = env['GATEWAY_PUBLIC_URL'] || (sandboxUrl === undefined ? undefined : gatewayUrl);
    const isFinhubSandbox = sandboxUrl !== undefined;
    const at = { ...servers, finhub, isFinhubSandbox, trackerUrl, gatewayPublicUrl, secrets, env };
    this.#addresses = at;
    const [keys] = await Promise.all([
      makeKeys(tenantId, settingsOf('gateway', at)),
      this.#startServices(at, ports),
    ]);
    const serviceUrls = new Map([...ports].map(([part, port]) => [part, urlOf(port)]));
    const kafka = connectionTo(servers.brokers, env);
    return { ...servers, kafka, gatewayUrl, trackerUrl, serviceUrls, sandboxUrl, tenantId, ...keys };
  }

  /**
   * One more process of a service, for the caller to start and to keep running; `settings` are added to its own. Only
   * after {@link start}.
   */
  async replica(service: DatabaseService, name: string, settings: Record<string, string>): Promise<Part> {
    if (this.#addresses === undefined) throw new Error('the pipeline has not started yet');
    const all = { ...settingsOf(service, this.#addresses), ...settings };
    return this.#nodePart(name, { program: service, port: await freePort(), settings: all });
  }

  /** Stops all of it, services first. */
  async stop(): Promise<void> {
    this.#stopBounding();
    await this.supervisor.stop();
  }

  #prepareFolders(): void {
    const { directory, isDataKept } = this.options;
    for (const name of isDataKept ? [] : ['postgres', 'kafka', 'sandbox.jsonl', 'logs']) {
      rmSync(join(directory, name), { recursive: true, force: true });
    }
    mkdirSync(this.#logs, { recursive: true });
    this.#stopBounding = boundLogs(this.#logs);
  }

  /** Postgres and Kafka, each set up as soon as it is there. */
  async #startServers(secrets: Secrets): Promise<{ databaseUrl: string; brokers: string }> {
    const { sources, say, env } = this.options;
    const servicePassword = secrets.SERVICE_DATABASE_PASSWORD;
    const isPasswordGenerated = sources.databaseUrl !== undefined && !env['SERVICE_DATABASE_PASSWORD'];
    const database = async (): Promise<string> => {
      if (sources.databaseUrl === undefined) return this.#startServer(this.#postgres);
      return sources.databaseUrl;
    };
    const broker = async (): Promise<string> => {
      if (sources.brokers === undefined) return this.#startServer(this.#kafka);
      return sources.brokers;
    };
    const [databaseUrl, brokers] = await Promise.all([
      database().then(async (url) => {
        await setUpSchemas({ databaseUrl: url, servicePassword, isPasswordGenerated, say });
        return url;
      }),
      broker().then(async (addresses) => {
        await setUpBroker({ kafka: connectionTo(addresses, env), say });
        return addresses;
      }),
    ]);
    return { databaseUrl, brokers };
  }

  async #startServer(part: ServerPart): Promise<string> {
    await this.#startPart(part);
    return part.address();
  }

  async #startPart(part: Part): Promise<void> {
    const startedAtMs = performance.now();
    await this.supervisor.start(part);
    const pid = this.supervisor.pids().get(part.name) ?? 0;
    const tookMs = Math.round(performance.now() - startedAtMs);
    if (this.options.isVerbose === true)
      this.options.say(`${part.name} is ready: process ${pid}, ${tookMs} ms.`);
  }

  async #startSandbox(): Promise<string | undefined> {
    const { sources, env, directory } = this.options;
    if (sources.finhub !== undefined) return undefined;
    const port = await this.#portFor('sandbox', preferredPorts.sandbox);
    const own = { SANDBOX_TENANTS: sandboxTenants, SANDBOX_STATE_FILE: join(directory, 'sandbox.jsonl') };
    const settings = settingsOfSandbox(own, env);
    await this.#startPart(this.#nodePart('sandbox', { program: 'sandbox', port, settings }));
    return urlOf(port);
  }

  /** By the parts' names. */
  async #choosePorts(): Promise<Map<string, number>> {
    const wanted = this.#parts.map(({ part, service }, index) => {
      if (service === 'gateway' || service === 'tracker') return [part, preferredPorts[service]] as const;
      return [part, preferredPorts.firstStage + index] as const;
    });
    const ports = new Map<string, number>();
    for (const [part, port] of wanted) ports.set(part, await this.#portFor(part, port));
    return ports;
  }

  async #portFor(part: string, preferred: number): Promise<number> {
    if (!this.options.arePortsStable) return freePort();
    const port = await freePort(preferred);
    if (port !== preferred) this.options.say(`Port ${preferred} is taken: ${part} gets ${port}.`);
    return port;
  }

  async #startServices(at: PipelineAddresses, ports: ReadonlyMap<string, number>): Promise<void> {
    await Promise.all(
      this.#parts.map(async ({ part, service }) => {
        const settings = settingsOf(service, await this.#addressesFor(part, { at, ports }));
        await this.#startPart(
          this.#nodePart(part, { program: service, port: ports.get(part) ?? 0, settings }),
        );
      }),
    );
  }

  #nodePart(name: string, what: Pick<NodeProgram, 'program' | 'port' | 'settings'>): Part {
    return nodePart({ name, ...what, logFile: this.#logOf(name), interference: this.options.interference });
  }

  async #detourKafka(): Promise<void> {
    const { interference } = this.options;
    if (interference === undefined) return;
    for (const { part } of this.#parts) {
      const port = (): number => this.#kafka.portBehind(this.#kafkaDetours.get(part) ?? 0);
      this.#kafkaDetours.set(part, await interference.detour({ from: part, to: 'kafka', port }));
    }
  }

  /** The addresses that a part is told: by way of the tester where there is one. */
  async #addressesFor(
    part: string,
    { at, ports }: { at: PipelineAddresses; ports: ReadonlyMap<string, number> },
  ): Promise<PipelineAddresses> {
    const { interference } = this.options;
    if (interference === undefined) return at;
    const portIn = (url: string): number => Number(new URL(url).port);
    return detoured(part, at, {
      interference,
      kafkaPort: this.#kafkaDetours.get(part) ?? 0,
      ports: {
        postgres: () => portIn(this.#postgres.address()),
        sandbox: () => portIn(at.finhub['FINHUB_BASE_URL'] ?? ''),
        tracker: () => ports.get('tracker') ?? 0,
        gateway: () => ports.get('gateway') ?? 0,
      },
    });
  }

  get #logs(): string {
    return join(this.options.directory, 'logs');
  }

  #logOf(name: string): string {
    return join(this.#logs, `${name}.log`);
  }
}

async function makeKeys(
  tenantId: string,
  settings: Readonly<Record<string, string>>,
): Promise<Pick<PipelineAccess, 'apiKey' | 'everyTenantApiKey'>> {
  const name = `local-${process.pid}-${Date.now()}`;
  const [apiKey, everyTenantApiKey] = await Promise.all([
    makeApiKey({ tenantId, name, scopes: 'submit,read,iban:read,ops' }, settings),
    makeApiKey({ tenantId: '*', name, scopes: 'submit,read,ops' }, settings),
  ]);
  return { apiKey, everyTenantApiKey };
}

function urlOf(port: number | undefined): string {
  return `http://127.0.0.1:${port ?? 0}`;
}

function connectionTo(brokers: string, env: NodeJS.ProcessEnv): KafkaConnection {
  return kafkaConnection(loadSettings(z.object(kafkaSettings), { ...env, KAFKA_BROKERS: brokers }));
}
