import kafkajs from 'kafkajs';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Stage } from '#contracts/contract.js';
import { allContracts } from '#contracts/all-contracts.js';
import type { GatewayClient } from '#gateway-client/gateway-client.js';
import { statusOf, type Status } from '#gateway-client/onboarding-status.js';
import { projectRoot } from '../local/project-root.js';
import type { RunRecord } from '../local/run-record.js';
import { Ops } from '../chaos/ops.js';
import { Sandbox } from '../chaos/sandbox.js';
import { Pipeline, type PipelineAccess } from '../pipeline/pipeline.js';
import { stageServices } from '../setup/services.js';
import { gatewayOf, submit } from '../start/submit.js';
import { askedBy } from '../witness/asked.js';
import { look } from '../witness/look.js';
import type { AcknowledgedRequest } from '../witness/seen.js';
import { judge, type Verdict } from '../witness/verdict.js';
import type { Applicant } from './applicants.js';
import { Crew } from './crew.js';
import { commandGiven } from './kinds.js';
import { addToTrace, planFile, readTrace, type Plan, type TraceLine } from './trace.js';

/** Short times: what the sandbox has not done or told within seconds it will not, and a dead process's lease is the shortest allowed. */
export const leaseMs = 12_000;
const settings = {
  STAGE_LEASE_MS: String(leaseMs),
  STAGE_EVIDENCE_MS: '15000',
  SANDBOX_WALLET_DELAY_MS: '0',
  SANDBOX_ACTIVATION_DELAY_MS: '0',
  SANDBOX_ADMIN_LOGIN_DELAY_MS: '0',
  // Who asks for a slow decision waits until ops give it up.
  SANDBOX_SLOW_DECISION_MS: '600000',
} as const;

/** What topics are made with. */
const topicPartitions = 3;
const quietLimitMs = 60_000;

export interface WorldOptions {
  readonly directory: string;
  readonly record: RunRecord;
  /** Processes of the stage that is under test; each topic has as many partitions. */
  readonly seats: number;
  readonly say: (line: string) => void;
}

/** A whole system whose stages' processes are ours to kill. */
export class World {
  private readonly crews = new Map<Stage, Crew>();
  private readonly acknowledged: AcknowledgedRequest[] = [];
  private readonly pipeline: Pipeline;
  private kafka: kafkajs.Admin | undefined;
  private started:
    { readonly access: PipelineAccess; readonly gateway: GatewayClient; readonly ops: Ops } | undefined;

  constructor(private readonly options: WorldOptions) {
    this.pipeline = new Pipeline({
      ...options,
      sources: { databaseUrl: undefined, brokers: undefined, finhub: undefined },
      isDataKept: false,
      isDurable: false,
      arePortsStable: false,
      env: { ...settings },
      replicas: 0,
    });
  }

  /** Starts everything, one process for each stage. */
  async start(): Promise<void> {
    for (const stage of stageServices) {
      rmSync(this.casesOf(stage), { recursive: true, force: true });
      mkdirSync(this.casesOf(stage), { recursive: true });
    }
    const access = await this.pipeline.start();
    this.started = { access, gateway: gatewayOf(access), ops: new Ops(access, 'crash matrix') };
    const brokers = [access.brokers];
    const kafka = new kafkajs.Kafka({
      clientId: 'crash-matrix',
      brokers,
      logLevel: kafkajs.logLevel.NOTHING,
    });
    this.kafka = kafka.admin();
    await this.kafka.connect();
    await this.kafka.createPartitions({
      topicPartitions: allContracts.map(({ topic }) => ({ topic, count: this.partitions })),
    });
    await Promise.all(stageServices.map((stage) => this.staff(stage, 1)));
  }

  /** Of every topic: one for each process of the stage under test. */
  get partitions(): number {
    return Math.max(this.options.seats, topicPartitions);
  }

  get access(): PipelineAccess {
    return this.running.access;
  }

  /** Ends the stage's processes and starts so many new ones. */
  async staff(stage: Stage, size: number): Promise<Crew> {
    await this.crews.get(stage)?.stop();
    const { record } = this.options;
    const { kafka: admin } = this;
    if (admin === undefined) throw new Error('Kafka has not started yet');
    const part = (seat: number) => this.pipeline.replica(stage, `${stage}-${seat}`, this.hookOf(stage));
    const crew = await Crew.start({ record, admin, part, groupId: `onboarding-${stage}` }, size);
    this.crews.set(stage, crew);
    return crew;
  }

  /** FinHub takes so long for its first answer to this call about the applicant. */
  async slowDown({ email }: Applicant, endpoint: string, delayMs: number): Promise<void> {
    const sandbox = new Sandbox(this.access.sandboxUrl ?? '', this.access.tenantId);
    await sandbox.add({ endpoint, kind: 'delay', times: 1, delayMs, applicant: email });
  }

  /** Submits an applicant, whose process in that stage dies or stands still where `plan` says. */
  async submit(stage: Stage, line: Applicant, plan: Plan): Promise<void> {
    writeFileSync(planFile(this.casesOf(stage), line.onboardingId), JSON.stringify(plan));
    const answer = await submit(this.running.gateway, line);
    if (answer.verdict !== 'admitted') throw new Error(`${line.requestId} was refused: ${answer.reason}`);
    // Whoever is parked or cancelled would have been activated: the witness lets both pass.
    const expectedEnd = line.expectedEnd === 'rejected' ? 'rejected' : 'activated';
    this.acknowledged.push({ ...line, expectedEnd, asked: askedBy(line.request) });
  }

  /** Gives a command to an applicant who waits in that stage. */
  async give(stage: Stage, { requestId, onboardingId }: Applicant, command: string): Promise<void> {
    addToTrace(this.casesOf(stage), onboardingId, {
      atMs: Date.now(),
      pid: process.pid,
      edge: commandGiven,
      side: 'after',
    });
    const { how, told } = await this.running.ops.give(onboardingId, { command });
    if (how !== 'done') throw new Error(`the command ${command} to ${requestId} was ${told}`);
  }

  /** What the stage did so far for an onboarding that was submitted for it. */
  trace(stage: Stage, onboardingId: string): TraceLine[] {
    return readTrace(this.casesOf(stage), onboardingId);
  }

  status(onboardingId: string): Promise<Status> {
    return statusOf(this.running.gateway, { id: onboardingId });
  }

  /** The witness's word. What is still under way looks broken, so it is asked again for a while. */
  async judge(): Promise<Verdict> {
    const { access, ops } = this.running;
    const { brokers, sandboxUrl = '' } = access;
    const canaries = this.acknowledged.flatMap(({ email }) => email ?? []);
    const deadline = performance.now() + quietLimitMs;
    for (;;) {
      const verdict = judge(
        await look({ brokers, sandboxUrl, requests: this.acknowledged, commands: ops.given, canaries }),
      );
      if (verdict.findings.length === 0 || performance.now() > deadline) return verdict;
      await delay(2_000);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.crews.values()].map((crew) => crew.stop()));
    await Promise.all([this.started?.gateway.close(), this.started?.ops.close()]);
    await this.kafka?.disconnect();
    await this.pipeline.stop();
  }

  private get running(): NonNullable<typeof this.started> {
    if (this.started === undefined) throw new Error('the pipeline has not started yet');
    return this.started;
  }

  private casesOf(stage: Stage): string {
    return join(this.options.directory, 'cases', stage);
  }

  private hookOf(stage: Stage): Record<string, string> {
    const program = join(projectRoot, 'dist', 'tools', 'crash-matrix', 'hook', 'main.js');
    return {
      NODE_OPTIONS: `--import ${pathToFileURL(program).href}`,
      CRASH_MATRIX_DIRECTORY: this.casesOf(stage),
    };
  }
}
