import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stateDirectory } from '../tools/local/project-root.js';
import { RunRecord } from '../tools/local/run-record.js';
import type { Interference } from '../tools/pipeline/interference.js';
import { Pipeline, type PipelineAccess } from '../tools/pipeline/pipeline.js';
import type { Sources } from '../tools/pipeline/sources.js';
import { loadSecrets } from '../tools/pipeline/secrets.js';
import { waitUntil } from './wait-until.js';

/** The whole system as processes of its own, with a database and a broker of its own, for one spec file. */
export interface TestPipeline {
  readonly access: PipelineAccess;
  /** A call to the gateway with the pipeline's API key; resolves to status and parsed body. */
  call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  /** The same pipeline, called with another API key. */
  withKey(apiKey: string): TestPipeline;
  /** GET at the sandbox, e.g. `/_sandbox/ledger`. */
  sandbox(path: string): Promise<unknown>;
  /** POST at the sandbox, e.g. `/_sandbox/faults`. */
  tellSandbox(path: string, body: unknown): Promise<unknown>;
  /** Ends a part with SIGTERM, once it is up, and resolves when it is gone. It is started again by itself, after a pause. */
  shutDown(name: string): Promise<void>;
  /** The process id of a part that is up. */
  pidOf(name: string): number;
  /** Kills a part with SIGKILL and resolves when it has been started again and is ready. */
  killAndAwait(name: string): Promise<void>;
  /** The VAULT_* settings that the services have. */
  vaultSettings(): Readonly<Record<string, string>>;
  /** What the processes have written so far, by name: to look for what must not be in it. */
  logs(): ReadonlyMap<string, string>;
  /** Stops all processes and removes their data. */
  close(): Promise<void>;
}

/** How the pipeline of a spec is made, where it is not one process of each service on parts of its own. */
interface TestPipelineOptions {
  readonly replicas?: number;
  /** What `sources` name is not started. */
  readonly sources?: Sources;
  readonly interference?: Interference;
}

/**
 * Starts it; needs `dist/`, which the set-up of the run makes. `env` holds settings for the services, e.g. FINHUB_*; each
 * stage is `replicas` processes.
 */
export async function startTestPipeline(
  env: Readonly<Record<string, string>> = {},
  { replicas = 1, sources = allOfItsOwn, interference }: TestPipelineOptions = {},
): Promise<TestPipeline> {
  const directory = join(stateDirectory, 'test', `pipeline-${process.pid}-${randomUUID().slice(0, 8)}`);
  const record = await RunRecord.take(join(directory, 'run.json'));
  const pipeline = new Pipeline({
    directory,
    sources,
    isDataKept: false,
    isDurable: false,
    arePortsStable: false,
    env,
    replicas,
    record,
    say: () => undefined,
    ...(interference === undefined ? {} : { interference }),
  });
  const close = async (): Promise<void> => {
    await pipeline.stop();
    record.release();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const reachedBy = (access: PipelineAccess): TestPipeline => ({
      ...testPipeline(pipeline, access),
      withKey: (apiKey) => reachedBy({ ...access, apiKey }),
      vaultSettings: () => vaultSettingsIn(directory, env),
      logs: () => readLogs(directory),
      close,
    });
    return reachedBy(await pipeline.start());
  } catch (error) {
    await close();
    throw error;
  }
}

const allOfItsOwn: Sources = { databaseUrl: undefined, brokers: undefined, finhub: undefined };

function testPipeline(
  pipeline: Pipeline,
  access: PipelineAccess,
): Omit<TestPipeline, 'withKey' | 'vaultSettings' | 'logs' | 'close'> {
  const authorization = `Bearer ${access.apiKey}`;
  const pidOf = (name: string): number => {
    const pids = pipeline.supervisor.pids();
    const pid = pids.get(name);
    if (pid === undefined)
      throw new Error(`No part is named ${name}: there are ${[...pids.keys()].join(', ')}.`);
    return pid;
  };
  return {
    access,
    async call(method, path, body) {
      const response = await send(`${access.gatewayUrl}${path}`, method, {
        body,
        headers: { authorization },
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    sandbox: async (path) => (await send(`${access.sandboxUrl ?? ''}${path}`, 'GET')).json(),
    tellSandbox: async (path, body) =>
      (await send(`${access.sandboxUrl ?? ''}${path}`, 'POST', { body })).text(),
    async shutDown(name) {
      const pid = await waitUntil(`${name} to be up`, () => pipeline.supervisor.pids().get(name), 60_000);
      process.kill(pid, 'SIGTERM');
      await waitUntil(`${name} to end`, () => pipeline.supervisor.pids().get(name) !== pid);
    },
    pidOf,
    async killAndAwait(name) {
      const pid = pidOf(name);
      process.kill(pid, 'SIGKILL');
      await waitUntil(
        `${name} to be back`,
        () => (pipeline.supervisor.pids().get(name) ?? pid) !== pid,
        60_000,
      );
    },
  };
}

async function send(
  url: string,
  method: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Response> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(url, {
    method,
    headers: { ...headers, ...json },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

function vaultSettingsIn(directory: string, env: NodeJS.ProcessEnv): Record<string, string> {
  const secrets = Object.entries(loadSecrets(directory, env)) as [string, string][];
  return Object.fromEntries(secrets.filter(([name]) => name.startsWith('VAULT_')));
}

function readLogs(directory: string): ReadonlyMap<string, string> {
  const folder = join(directory, 'logs');
  const files = [
    ...readdirSync(folder).map((name) => join(folder, name)),
    ...['postgres', 'kafka'].map((server) => join(directory, server, `${server}.log`)).filter(existsSync),
  ];
  return new Map(files.map((file) => [basename(file), readFileSync(file, 'utf8')]));
}
