import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayClient } from '#gateway-client/gateway-client.js';
import type { PipelineAccess } from '../pipeline/pipeline.js';
import { gatewayOf, submit } from '../start/submit.js';
import type { AcknowledgedRequest } from '../witness/seen.js';
import { applicantOf, type GeneratedApplicant } from './applicants.js';
import type { KafkaHands } from './kafka-hands.js';
import { Random } from './random.js';

/** Whose load, and how much. */
export interface LoadOptions {
  readonly seed: number;
  /** Requests in a second. */
  readonly rate: number;
  readonly access: PipelineAccess;
  readonly kafka: KafkaHands;
}

/** How often a submission is tried before it is given up: a request without acknowledgement is promised nothing. */
const triesMax = 20;
const pauseMs = 500;
/** While so many wait for their acknowledgement, nothing more is asked: upstreams are no flood. */
const underWayMax = 100;

/** Upstreams that ask for onboardings at a steady rate, by both doors, and remember who was acknowledged. */
export class Load {
  readonly acknowledged: AcknowledgedRequest[] = [];
  /** What the gateway said no to, though it should not. */
  readonly refused: string[] = [];
  private readonly random: Random;
  private readonly gateway: GatewayClient;
  private readonly underWay = new Set<Promise<void>>();
  private isStopped = false;
  private count = 0;

  constructor(private readonly options: LoadOptions) {
    this.random = new Random(`load ${options.seed}`);
    this.gateway = gatewayOf(options.access);
  }

  /** Asks until it is stopped. */
  async run(): Promise<void> {
    const startedAtMs = performance.now();
    while (!this.isStopped) {
      if (this.underWay.size >= underWayMax) {
        await delay(pauseMs);
        continue;
      }
      this.submitNext();
      await delay(Math.max(0, startedAtMs + (this.count * 1_000) / this.options.rate - performance.now()));
    }
  }

  /** How many requests were begun. */
  get begun(): number {
    return this.count;
  }

  /** No more requests; resolves when each that was begun is acknowledged or given up. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.underWay);
    await this.gateway.close();
  }

  private submitNext(): void {
    const { seed, access } = this.options;
    const applicant = applicantOf(seed, this.count, access.tenantId);
    this.count += 1;
    const draw = this.random.next();
    const doors = draw < 0.55 ? [this.byHttp] : draw < 0.95 ? [this.byKafka] : [this.byHttp, this.byKafka];
    const submission = Promise.all(doors.map((door) => this.submit(applicant, door))).then((answers) => {
      if (answers.includes(true)) this.acknowledged.push(withoutRequest(applicant));
    });
    this.underWay.add(submission);
    void submission.finally(() => this.underWay.delete(submission));
  }

  private async submit(
    applicant: GeneratedApplicant,
    door: (applicant: GeneratedApplicant) => Promise<boolean>,
  ): Promise<boolean> {
    for (let tries = 1; tries <= triesMax; tries += 1) {
      if (await door(applicant).catch(() => false)) return true;
      await delay(pauseMs);
    }
    return false;
  }

  private readonly byHttp = async (applicant: GeneratedApplicant): Promise<boolean> => {
    const answer = await submit(this.gateway, applicant);
    if (answer.verdict === 'refused') this.refused.push(`${applicant.requestId}: ${answer.reason}`);
    return answer.verdict === 'admitted';
  };

  private readonly byKafka = (applicant: GeneratedApplicant): Promise<boolean> =>
    this.options.kafka.request(this.options.access.tenantId, applicant);
}

function withoutRequest({ request: _request, ...acknowledged }: GeneratedApplicant): AcknowledgedRequest {
  return acknowledged;
}
