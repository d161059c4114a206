import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type pg from 'pg';
import type { Logger } from 'pino';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Fact } from '#contracts/contract.js';
import type { Clock } from '#platform/clock.js';
import type { PendingCommand } from './apply-commands.js';
import { Bulkheads } from './bulkheads.js';
import { Executor } from './executor.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import { sentenceOf, watchedCircuits } from './circuit-watch.js';
import type { HandlerExtras } from './handles.js';
import { Inbox } from './inbox.js';
import { Journal } from './journal.js';
import { refuseOlderDatabase } from './kafka-ahead.js';
import { kafkaClient, type KafkaSettings } from './kafka-client.js';
import { Consumer, type ConsumedRecord } from './kafka-consumer.js';
import { Publisher } from './kafka-producer.js';
import { Outbox } from './outbox.js';
import { Places } from './places.js';
import type { Run } from './run.js';
import { RunContext } from './run-context.js';
import { pendingCommandsSql } from './sql/claim-runs.js';
import { stageMetrics } from './stage-metrics.js';
import type { StageOptions } from './stage-options.js';
import type { Steps } from './steps.js';
import { Worker } from './worker.js';

export interface StageTransportParts {
  readonly options: StageOptions;
  readonly kafka: Omit<KafkaSettings, 'clientId'>;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The process can't go on and shall end. */
  readonly onFatal: (sentence: string) => void;
}

const finishMs = 700;
/** About a minute; then the process ends, and its supervisor starts it again. */
const startRetries = 60;
/** No more is taken up of a tenant whose calls wait so long for their turn. */
const claimWaitMsMax = 1_000;

/**
 * Nest's way into a stage: wires inbox, journal, outbox and worker over Kafka and Postgres, and calls the handlers that
 * the stage's module lists under `@Handles`. Nothing else in a stage knows of Kafka or SQL.
 */
export class StageTransport extends Server implements CustomTransportStrategy {
  private readonly owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  private readonly publisher: Publisher;
  private readonly journal: Journal;
  private readonly outbox: Outbox;
  private readonly worker: Worker;
  private readonly circuits: CircuitBreakers;
  private readonly places: Places;
  private consumer: Consumer | undefined;
  private inbox: Inbox | undefined;
  private readonly metricsTimer: NodeJS.Timeout;
  private isClosed = false;

  constructor(private readonly parts: StageTransportParts) {
    super();
    const { options, pool, clock, logger } = parts;
    const { stage } = options;
    this.publisher = new Publisher({ ...parts.kafka, clientId: `${stage}-producer` }, logger);
    this.journal = new Journal(pool, logger, (rows) => {
      stageMetrics.commitRows.observe({ stage }, rows);
    });
    this.outbox = new Outbox(pool, this.publisher, logger);
    this.circuits = watchedCircuits({
      stage,
      owner: this.owner,
      contracts: options.contracts,
      holdMs: options.settings.circuitHoldMs,
      clock,
      logger,
      publish: (record) => this.publisher.publish([record]),
    });
    this.places = new Places(
      options.settings.inFlightMax,
      (tenantId) => (options.expectedWaitMs?.(tenantId) ?? 0) > claimWaitMsMax,
    );
    const executor = this.newExecutor(this.newContext());
    this.worker = new Worker({
      places: this.places,
      pool,
      executor,
      outbox: this.outbox,
      clock,
      logger,
      settings: options.settings,
      owner: this.owner,
      onBackPressure: (isTooMuch) => {
        this.setBackPressure(isTooMuch);
      },
    });
    this.metricsTimer = this.collectMetrics();
  }

  /** Called by Nest once HTTP listens. */
  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => {
      callback();
    }, callback);
  }

  /** Finishes or gives back what is under way; leaves the group at once, so that others take the partitions over. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.metricsTimer);
    const consumed = this.consumer?.stop();
    await this.worker.stop(finishMs);
    this.outbox.stop();
    this.journal.stop();
    await Promise.all([consumed, this.publisher.stop(finishMs)]);
  }

  /** Undefined when all is well, else a sentence for the readiness probe. */
  unready(): string | undefined {
    return this.consumer === undefined ? 'the consumer has not started yet' : this.consumer.unready();
  }

  /** What is held back although all is well here, e.g. because FinHub fails; undefined when nothing is. */
  note(): string | undefined {
    return sentenceOf(this.circuits.open);
  }

  override on(): void {
    throw new Error('the stage transport has no events of its own');
  }

  override unwrap(): never {
    throw new Error('the stage transport has no server to hand out');
  }

  private async start(): Promise<void> {
    const { options, pool, clock, logger, kafka } = this.parts;
    const handlers = [...this.getHandlers().values()].map(
      (handler) => handler.extras as unknown as HandlerExtras,
    );
    if (handlers.length === 0)
      throw new Error(`the module of stage ${options.stage} lists no handler under @Handles`);
    const { worker, places, owner } = this;
    this.inbox = new Inbox({
      pool,
      clock,
      logger,
      options,
      handlers,
      owner,
      takePlace: (tenantId) => worker.takePlace(tenantId),
      giveBackPlace: (tenantId) => {
        places.giveBack(tenantId);
      },
    });
    await this.publisher.start();
    const groupId = `onboarding-${options.stage}`;
    const kafkaAtStart = kafkaClient(
      { ...kafka, clientId: `${options.stage}-start` },
      { retries: startRetries, logger },
    );
    await refuseOlderDatabase({ kafka: kafkaAtStart, pool, groupId });
    if (this.isClosed) return;
    this.outbox.start();
    this.worker.start();
    const commandTopic = options.contracts.command.topic;
    this.consumer = new Consumer({
      kafka: { ...kafka, clientId: `${options.stage}-consumer` },
      groupId,
      topics: [...new Set([...handlers.map(({ contract }) => contract.topic), commandTopic])],
      // However much is unfinished, ops can still pause and cancel it.
      unpausedTopics: [commandTopic],
      onBatch: (records) => this.takeIn(records),
      onFatal: this.parts.onFatal,
      logger,
    });
    await this.consumer.start();
  }

  private async takeIn(records: readonly ConsumedRecord[]): Promise<void> {
    if (this.inbox === undefined) return;
    const readAtMs = this.parts.clock.monotonicMs();
    const { started, events } = await this.inbox.store(records);
    this.worker.startStored(started, readAtMs);
    this.outbox.publish(events);
    stageMetrics.arrivals.inc({ stage: this.parts.options.stage }, started.length);
  }

  private newContext(): RunContext {
    const { options, clock, logger } = this.parts;
    const { stage, settings, contracts, personalData } = options;
    return new RunContext({
      stage,
      journal: this.journal,
      outbox: this.outbox,
      clock,
      logger,
      settings,
      contracts,
      fingerprint: (input) => personalData.fingerprint(input),
      random: Math.random,
      breakers: this.circuits,
      bulkheads: new Bulkheads(clock, (tenantId) => this.places.capOf(tenantId)),
      hostOf: (tenantId) => options.hostOf?.(tenantId) ?? '',
      expectedWaitMs: (tenantId) => options.expectedWaitMs?.(tenantId) ?? 0,
      onCall: (step, outcome, ms) => {
        stageMetrics.calls.observe({ stage, step, outcome }, ms / 1_000);
      },
    });
  }

  private newExecutor(context: RunContext): Executor {
    const { options, pool, logger } = this.parts;
    return new Executor({
      context,
      options,
      logger,
      handle: (run, steps) => this.handle(run, steps),
      pendingCommands: async (onboardingIds) =>
        (await pool.query<PendingCommand>(pendingCommandsSql, [onboardingIds])).rows,
      onOutcome: (outcome) => {
        stageMetrics.outcomes.inc({ stage: options.stage, outcome });
      },
    });
  }

  private async handle(run: Run, steps: Steps): Promise<Fact> {
    const answer: unknown = await this.handlerOf(run)(run.row.event, steps);
    return (isObservable(answer) ? await lastValueFrom(answer) : answer) as Fact;
  }

  private handlerOf({ row: { event } }: Run): MessageHandler {
    const handler =
      this.messageHandlers.get(`${event.type}:${event.applicantKind}`) ??
      this.messageHandlers.get(`${event.type}:*`);
    if (handler === undefined) throw new Error(`the stage has no handler for ${event.type}`);
    return handler;
  }

  private setBackPressure(isTooMuch: boolean): void {
    this.parts.logger.info(
      { isTooMuch },
      isTooMuch ? 'too much is unfinished: reading pauses' : 'reading goes on',
    );
    if (isTooMuch) this.consumer?.pause();
    else this.consumer?.resume();
  }

  private collectMetrics(): NodeJS.Timeout {
    const { stage } = this.parts.options;
    return setInterval(() => {
      stageMetrics.inFlight.set({ stage }, this.worker.inFlight);
      stageMetrics.outbox.set({ stage }, this.outbox.backlog);
      if (this.consumer?.lag !== undefined) stageMetrics.lag.set({ stage }, this.consumer.lag);
    }, 5_000).unref();
  }
}
