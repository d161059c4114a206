import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../local/project-root.js';
import { RunRecord } from '../local/run-record.js';
import { Pipeline, type PipelineAccess } from '../pipeline/pipeline.js';
import { decideSources, describeSources, isAnyDataExternal } from '../pipeline/sources.js';
import type { StartArguments } from './arguments.js';
import { closingLines } from './closing.js';
import { watchLauncher } from './launcher.js';
import { onboard } from './onboarder.js';
import { reportTable, surprises, type ReportRow } from './report.js';
import { readRequestsFile, type RequestLine } from './requests-file.js';
import { createView, type View } from './view.js';

/** Milliseconds between two looks: often enough for eyes, seldom enough for a log file. */
const lookIntervals = { terminal: 200, pipe: 2_000 };

/** What a run is told by where it runs. */
export interface RunSurroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly output: NodeJS.WriteStream;
  /** Everything that is made lies in it. */
  readonly directory: string;
}

/** One `npm start`, from its first line until its last process has ended. */
export class LocalRun {
  readonly #view: View;
  readonly #stopping = new AbortController();
  #record: RunRecord | undefined;
  #pipeline: Pipeline | undefined;
  #stopped: Promise<void> | undefined;

  constructor(
    private readonly wanted: StartArguments,
    private readonly surroundings: RunSurroundings,
  ) {
    this.#view = createView(surroundings.output);
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Resolves to an exit code: with `--once` when all has ended, else when it is stopped. Rejects when it cannot start. */
  async run(): Promise<number> {
    const startedAtMs = performance.now();
    const lines = readRequestsFile(
      this.wanted.requestsFile ?? join(projectRoot, 'examples', 'applicants.jsonl'),
    );
    this.#record = await RunRecord.take(join(this.surroundings.directory, 'run.json'));
    watchLauncher(() => void this.stop().then(() => process.exit(1)));
    const { pipeline, access } = await this.#startPipeline(this.#record);
    this.#say(`Everything is up after ${secondsSince(startedAtMs)}. Onboarding ${lines.length} applicants.`);
    const rows = await this.#onboard(lines, access);
    const faults = this.#report(rows);
    this.#say(`\nDone after ${secondsSince(startedAtMs)}.`);
    if (this.wanted.isOnce) return faults === 0 ? 0 : 1;
    closingLines(access, pipeline.supervisor.pids(), this.surroundings.directory).forEach((line) => {
      this.#say(line);
    });
    await this.#untilStopped();
    return 0;
  }

  /** Stops all processes that were started; resolves when they have ended. */
  stop(): Promise<void> {
    this.#stopping.abort();
    this.#stopped ??= (async () => {
      if (!this.wanted.isOnce && this.#pipeline !== undefined) this.#say('Stopping.');
      await this.#pipeline?.stop();
      this.#record?.release();
    })();
    return this.#stopped;
  }

  /** Kills them. */
  kill(): void {
    this.#pipeline?.supervisor.kill();
  }

  async #startPipeline(record: RunRecord): Promise<{ pipeline: Pipeline; access: PipelineAccess }> {
    const sources = decideSources(this.surroundings.env);
    describeSources(sources).forEach((line) => {
      this.#say(line);
    });
    const pipeline = new Pipeline({
      directory: this.surroundings.directory,
      sources,
      isDataKept: this.wanted.isDataKept ?? isAnyDataExternal(sources),
      isDurable: true,
      arePortsStable: true,
      isVerbose: this.wanted.isVerbose,
      env: this.surroundings.env,
      record,
      say: (line) => {
        this.#say(line);
      },
    });
    this.#pipeline = pipeline;
    const access = await pipeline.start();
    const { gatewayUrl, apiKey, everyTenantApiKey } = access;
    const forCli = { gatewayUrl, apiKey, everyTenantApiKey };
    writeFileSync(join(this.surroundings.directory, 'cli.json'), JSON.stringify(forCli), { mode: 0o600 });
    return { pipeline, access };
  }

  async #onboard(lines: readonly RequestLine[], access: PipelineAccess): Promise<ReportRow[]> {
    const lookIntervalMs = this.surroundings.output.isTTY ? lookIntervals.terminal : lookIntervals.pipe;
    return onboard(lines, { access, view: this.#view, signal: this.#stopping.signal, lookIntervalMs });
  }

  /** Prints the table and gives the number of requests that did not end as they should. */
  #report(rows: readonly ReportRow[]): number {
    const faults = surprises(rows);
    ['', ...reportTable(rows), '', ...faults].forEach((line) => {
      this.#say(line);
    });
    const expected = rows.filter(({ expect }) => expect !== undefined).length;
    if (faults.length === 0 && expected > 0) this.#say(`All ${expected} ended as expected.`);
    return faults.length;
  }

  #untilStopped(): Promise<void> {
    return new Promise((resolve) => {
      const keepAlive = setInterval(() => undefined, 60_000);
      this.#stopping.signal.addEventListener('abort', () => {
        clearInterval(keepAlive);
        resolve();
      });
    });
  }

  #say(line: string): void {
    this.#view.line(line);
  }
}

function secondsSince(startedAtMs: number): string {
  return `${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`;
}
