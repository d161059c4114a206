import { setMaxListeners } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RunRecord } from '../local/run-record.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { serviceParts } from '../pipeline/service-parts.js';
import type { Seen } from '../witness/seen.js';
import { tellAction, type Scheduled } from './action.js';
import { canaries } from './applicants.js';
import type { ChaosArguments } from './arguments.js';
import { chaosTimes } from './finhub-faults.js';
import { Hands, type HandTools } from './hands.js';
import { KafkaHands } from './kafka-hands.js';
import { Load } from './load.js';
import { Ops } from './ops.js';
import { tellOutcome } from './outcome.js';
import { Pulse } from './pulse.js';
import { failuresOf, talliesOf, toMarkdown, type ChaosReport, type Happened } from './report.js';
import { Sandbox } from './sandbox.js';
import { scheduleOf } from './schedule.js';
import { settle, type SettleLimits } from './settle.js';
import { Switchboard } from './switchboard.js';

/** Where a run makes its things, and whom it tells. */
export interface ChaosSurroundings {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly limits?: SettleLimits;
}

/** One run of chaos, from the first process to the verdict. */
export class ChaosRun {
  private readonly switchboard: Switchboard;
  private readonly over = new AbortController();
  private readonly lines: string[] = [];
  private readonly happened: Happened[] = [];
  /** All that the witness saw in the end, once {@link run} has resolved. */
  seen: Seen | undefined;
  private startedAtMs = performance.now();
  private isUp = false;
  private record: RunRecord | undefined;
  private pipeline: Pipeline | undefined;

  constructor(
    private readonly wanted: ChaosArguments,
    private readonly at: ChaosSurroundings,
  ) {
    this.switchboard = new Switchboard(join(at.directory, 'clocks'));
    // Every action that is under way waits for it.
    setMaxListeners(0, this.over.signal);
  }

  /** Rejects where the pipeline does not start at all; `stop` it then too. */
  async run(): Promise<ChaosReport> {
    const { directory, say } = this.at;
    const { seed, lengthMs, replicas } = this.wanted;
    const startedAt = new Date().toISOString();
    this.record = await RunRecord.take(join(directory, 'run.json'));
    this.pipeline = this.makePipeline(this.record);
    const access = await this.pipeline.start();
    const schedule = scheduleOf(seed, lengthMs, { parts: serviceParts(replicas) });
    say(`Everything is up; ${schedule.length} faults and commands come within ${lengthMs / 60_000} minutes.`);
    const kafka = await KafkaHands.connect(access.brokers.split(','));
    const sandbox = new Sandbox(access.sandboxUrl ?? '', access.tenantId);
    const load = new Load({ seed, rate: this.wanted.rate, access, kafka, sandbox });
    const ops = new Ops(access);
    const hands = this.makeHands({ kafka, load, ops, sandbox, record: this.record }, this.pipeline);
    const pulse = new Pulse(access.sandboxUrl ?? '');
    const feeling = pulse.run();
    try {
      await this.letChaosReign(schedule, hands, load);
      await sandbox.clear();
      const place = () => ({
        ...{ brokers: access.brokers, sandboxUrl: access.sandboxUrl ?? '' },
        ...{ requests: load.acknowledged, commands: ops.given, canaries },
      });
      const settled = await settle({
        ...{ kafka, ops, sandbox, place },
        ...(this.at.limits ? { limits: this.at.limits } : {}),
      });
      this.seen = settled.seen;
      const report = this.reportOn({ startedAt, settled, load, finhubBehindMs: pulse.longest });
      this.keep(report, settled.seen);
      return report;
    } finally {
      pulse.stop();
      await Promise.all([kafka.close(), ops.close(), feeling]);
    }
  }

  /** Stops all processes. */
  async stop(): Promise<void> {
    this.over.abort();
    this.switchboard.calm();
    await this.pipeline?.stop();
    this.switchboard.close();
    this.record?.release();
  }

  /** Removes what is large: databases and topics. */
  removeData(): void {
    for (const name of ['postgres', 'kafka', 'clocks'])
      rmSync(join(this.at.directory, name), { recursive: true, force: true });
  }

  kill(): void {
    this.pipeline?.supervisor.kill();
  }

  private makePipeline(record: RunRecord): Pipeline {
    const times = {
      STAGE_CALL_LIMIT_MS: String(chaosTimes.callLimitMs),
      STAGE_SETTLE_MS: String(chaosTimes.settleMs),
      STAGE_EVIDENCE_MS: String(chaosTimes.evidenceMs),
    };
    return new Pipeline({
      directory: this.at.directory,
      sources: { databaseUrl: undefined, brokers: undefined, finhub: undefined },
      isDataKept: false,
      isDurable: false,
      arePortsStable: false,
      env: { ...times, ...this.at.env },
      record,
      replicas: this.wanted.replicas,
      interference: this.switchboard,
      say: (line) => {
        this.lines.push(`${this.isUp ? `${this.elapsed().toFixed(1)} s` : 'start'}: ${line}`);
      },
    });
  }

  private makeHands(
    tools: Pick<HandTools, 'kafka' | 'load' | 'ops' | 'sandbox' | 'record'>,
    pipeline: Pipeline,
  ): Hands {
    return new Hands({
      ...tools,
      ...{ supervisor: pipeline.supervisor, switchboard: this.switchboard, signal: this.over.signal },
      guest: (stage) => pipeline.replica(stage, `${stage}-guest`, {}),
    });
  }

  /** Resolves when all is taken back, everything is up, and every request that was begun is acknowledged. */
  private async letChaosReign(schedule: readonly Scheduled[], hands: Hands, load: Load): Promise<void> {
    this.startedAtMs = performance.now();
    this.isUp = true;
    const asking = load.run();
    const underWay: Promise<void>[] = [];
    for (const action of schedule) {
      await delay(Math.max(0, action.atMs - this.elapsed() * 1_000));
      underWay.push(this.perform(action, hands));
    }
    await delay(Math.max(0, this.wanted.lengthMs - this.elapsed() * 1_000));
    this.at.say('Faults are over; waiting until nothing moves.');
    this.over.abort();
    const asked = load.stop();
    await hands.calm();
    await Promise.all([...underWay, asked, asking]);
    await hands.calm();
  }

  private async perform(action: Scheduled, hands: Hands): Promise<void> {
    const beganAtMs = this.elapsed() * 1_000;
    const outcome = await hands.perform(action);
    const tookMs = this.elapsed() * 1_000 - beganAtMs;
    this.happened.push({ atMs: beganAtMs, action, outcome, tookMs });
    this.at.say(`${(beganAtMs / 1_000).toFixed(1)} s: ${tellAction(action)}: ${tellOutcome(outcome)}`);
  }

  private reportOn(what: {
    startedAt: string;
    settled: Awaited<ReturnType<typeof settle>>;
    load: Load;
    finhubBehindMs: number;
  }): ChaosReport {
    const { startedAt, settled, load, finhubBehindMs } = what;
    const { verdict } = settled;
    const outages = this.happened.filter(({ action }) => action.kind === 'kill').map(({ tookMs }) => tookMs);
    return {
      arguments: this.wanted,
      startedAt,
      findings: [
        ...verdict.findings,
        ...failuresOf(this.happened),
        ...load.refused.map((sentence) => ({
          rule: 'refused',
          sentence: `The gateway refused ${sentence}.`,
        })),
      ],
      figures: {
        ...verdict.figures,
        actions: talliesOf(this.happened),
        settledAfterMs: Math.round(settled.tookMs),
        replayedAtEnd: settled.replayed,
        longestOutageMs: Math.round(Math.max(0, ...outages)),
        finhubBehindMs,
        unacknowledged: load.begun - load.acknowledged.length,
      },
      happened: this.happened.toSorted((one, other) => one.atMs - other.atMs),
      lines: this.lines,
    };
  }

  /** Where something was found, all that was seen lies beside the report. */
  private keep(report: ChaosReport, seen: Seen): void {
    const { directory } = this.at;
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
    writeFileSync(join(directory, 'report.md'), toMarkdown(report));
    rmSync(join(directory, 'seen.jsonl'), { force: true });
    if (report.findings.length === 0) return;
    const lines = seen.records.map((record) =>
      JSON.stringify({ ...record, value: record.value?.toString() ?? null }),
    );
    const rest = { ledger: seen.ledger, requests: seen.requests, commands: seen.commands };
    writeFileSync(join(directory, 'seen.jsonl'), [...lines, JSON.stringify(rest), ''].join('\n'));
  }

  /** Seconds since the load began. */
  private elapsed(): number {
    return (performance.now() - this.startedAtMs) / 1_000;
  }
}
