import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayClient } from '#gateway-client/gateway-client.js';
import type { PipelineAccess } from '../pipeline/pipeline.js';
import { gatewayOf, submit } from '../start/submit.js';
import type { AcknowledgedRequest } from '../witness/seen.js';
import { applicantOf, secondRequestFor, type GeneratedApplicant } from './applicants.js';
import type { KafkaHands } from './kafka-hands.js';
import { Random } from './random.js';
import type { Sandbox } from './sandbox.js';
import { waitFor } from './wait-for-condition.js';

/** Whose load, and how much. */
export interface LoadOptions {
  readonly seed: number;
  /** Requests in a second. */
  readonly rate: number;
  readonly access: PipelineAccess;
  readonly kafka: KafkaHands;
  readonly sandbox: Sandbox;
}

/** A way in. True once the request is acknowledged. */
type Door = (applicant: GeneratedApplicant) => Promise<boolean>;

/** How often a submission is tried before it is given up: a request without acknowledgement is promised nothing. */
const triesMax = 20;
const pauseMs = 500;
/** While so many wait for their acknowledgement, nothing more is asked: upstreams are no flood. */
const underWayMax = 100;
/** How long a second request for a person waits until the first one's customer is there. */
const customerWithinMs = 120_000;
const customerLookMs = 1_000;

/** Upstreams that ask for onboardings at a steady rate, by both doors, and remember who was acknowledged. */
export class Load {
  readonly acknowledged: AcknowledgedRequest[] = [];
  /** What the gateway said no to, though it should not. */
  readonly refused: string[] = [];
  private readonly gateway: GatewayClient;
  private readonly underWay = new Set<Promise<void>>();
  private isStopped = false;
  private count = 0;
  private secondRequests = 0;

  constructor(private readonly options: LoadOptions) {
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
    return this.count + this.secondRequests;
  }

  /** No more requests; resolves when each that was begun is acknowledged or given up. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.underWay);
    await this.gateway.close();
  }

  private submitNext(): void {
    const { seed, access } = this.options;
    const submission = this.ask(applicantOf(seed, this.count, access.tenantId));
    this.count += 1;
    this.underWay.add(submission);
    void submission.finally(() => this.underWay.delete(submission));
  }

  private async ask(applicant: GeneratedApplicant): Promise<void> {
    const answers = await Promise.all(this.doorsOf(applicant).map((door) => this.submit(applicant, door)));
    if (!answers.includes(true)) return;
    this.acknowledged.push(withoutRequest(applicant));
    await this.askAgain(applicant);
  }

  private doorsOf({ requestId }: GeneratedApplicant): readonly Door[] {
    const draw = new Random(`door ${requestId}`).next();
    if (draw < 0.55) return [this.byHttp];
    return draw < 0.95 ? [this.byKafka] : [this.byHttp, this.byKafka];
  }

  /** Some are asked for a second time, by somebody else; not before they are a customer, or it were not known whose. */
  private async askAgain(first: GeneratedApplicant): Promise<void> {
    const { seed, access, sandbox } = this.options;
    const second = secondRequestFor(first, seed, access.tenantId);
    if (second === undefined) return;
    const isCustomer = async (): Promise<boolean> =>
      (await sandbox.customerOf(first.email ?? '').catch(() => undefined)) !== undefined;
    const isThere = await waitFor(() => this.isStopped || isCustomer(), customerWithinMs, customerLookMs);
    if (!isThere || this.isStopped) return;
    this.secondRequests += 1;
    await this.ask(second);
  }

  private async submit(applicant: GeneratedApplicant, door: Door): Promise<boolean> {
    for (let tries = 1; tries <= triesMax; tries += 1) {
      if (await door(applicant).catch(() => false)) return true;
      await delay(pauseMs);
    }
    return false;
  }

  private readonly byHttp: Door = async (applicant) => {
    const answer = await submit(this.gateway, applicant);
    if (answer.verdict === 'refused') this.refused.push(`${applicant.requestId}: ${answer.reason}`);
    return answer.verdict === 'admitted';
  };

  private readonly byKafka: Door = (applicant) =>
    this.options.kafka.request(this.options.access.tenantId, applicant);
}

function withoutRequest({ request: _request, ...acknowledged }: GeneratedApplicant): AcknowledgedRequest {
  return acknowledged;
}
