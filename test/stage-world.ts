import type { Consumer as KafkaConsumer } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { pino } from 'pino';
import { z } from 'zod';
import { onboardingCommand, type Command } from '#contracts/commands.js';
import {
  defineContract,
  type Contract,
  type Fact,
  type FactContract,
  type Stage,
} from '#contracts/contract.js';
import { fromEnvelope, parseEnvelope, toEnvelope, type OnboardingEvent } from '#contracts/envelope.js';
import {
  onboardingAnswered,
  onboardingAttempt,
  onboardingCancelled,
  onboardingErased,
  onboardingParked,
  onboardingRefused,
  onboardingRejected,
} from '#contracts/events.js';
import { onboardingCircuit, onboardingDeadLetter, type CircuitEvent } from '#contracts/operational-topics.js';
import { topics } from '#contracts/topics.js';
import { systemClock } from '#platform/clock.js';
import { createPool } from '#platform/database.js';
import type { TestDatabase } from './database.js';
import type { TestKafka } from './kafka.js';
import { waitUntil } from './wait-until.js';
import type { PersonalData, RuntimeContracts, StageSettings } from '#stage/stage-options.js';
import type { HandlesOptions } from '#stage/handles.js';
import { StageTransport } from '#stage/stage.transport.js';
import type { Steps } from '#stage/steps.js';

/** What the stage under test does with one onboarding. */
export type TestHandler = (event: OnboardingEvent, steps: Steps) => Promise<Fact>;

/** Small enough that a spec waits for nothing long. */
export const quickSettings: StageSettings = {
  inFlightMax: 50,
  unfinishedMax: 1_000,
  leaseMs: 2_000,
  settleMs: 300,
  evidenceMs: 600,
  claimIntervalMs: 50,
  callLimitMs: 5_000,
  circuitHoldMs: 100,
  retry: {
    attemptsMax: 3,
    totalMsMax: 60_000,
    firstDelayMs: 20,
    delayMsMax: 100,
    misconfiguredAttemptsMax: 2,
  },
};

/** Whose tables the stage uses; any of the five has the same. */
type Tables = 'registration' | 'personnel' | 'verification' | 'consent';

/** A command without who and why; with an id of its own unless it has one. */
export type AskedCommand = { command: Command['command'] } & Record<string, unknown>;

interface Topics {
  readonly asked: string;
  readonly commands: string;
  readonly told: string;
  /** Where the stage passes onboardings on. */
  readonly done: string;
}

/** What a world is made of. */
interface WorldParts {
  readonly database: TestDatabase;
  readonly kafka: TestKafka;
  readonly tables: Tables;
  /** How many each of its topics has: 1 unless told. */
  readonly partitions?: number;
  /** What this one changes of {@link noPersonalData}. */
  readonly personalData?: Partial<PersonalData>;
  readonly settings?: Partial<StageSettings>;
  /** `approve` unless told. */
  readonly signals?: readonly string[];
  /** The stage that must have published what this one takes; any may unless told. */
  readonly from?: Stage;
  /** The stage before: this one takes what that one passes on, and gets the same commands. */
  readonly follows?: StageWorld;
}

const deadLetterConfig = topics().find(({ topic }) => topic === onboardingDeadLetter.topic)?.config;
const anything: z.ZodType<object> = z.looseObject({});

/** A stage on real Postgres and Kafka, on topics and in a group of its own, whose handlers a spec writes. */
export class StageWorld {
  readonly asked: FactContract<object>;
  readonly done: FactContract<object>;
  readonly pool: pg.Pool;
  private readonly contracts: RuntimeContracts;
  private readonly handlers = new Map<string, TestHandler>();
  private readonly told: OnboardingEvent[] = [];
  private readonly processes: StageProcess[] = [];
  private readonly stage: Stage;
  private readonly reader: KafkaConsumer;

  private constructor(
    private readonly parts: WorldParts,
    readonly topics: Topics,
  ) {
    const { database, kafka, tables, follows } = parts;
    this.asked = follows?.done ?? specContract('spec.asked.v1', topics.asked);
    this.done = specContract(follows === undefined ? 'spec.done.v1' : 'spec.done-next.v1', topics.done);
    this.contracts = runtimeContractsOn(topics);
    // The consumer group is named after the stage: a name of its own keeps other specs out.
    this.stage = kafka.uniqueName('spec') as Stage;
    this.pool = createPool(database.urlFor(tables), { applicationName: 'spec', schema: tables, max: 4 });
    this.reader = kafka.kafka.consumer({ groupId: kafka.uniqueName('reader'), maxWaitTimeInMs: 50 });
  }

  static async open(parts: WorldParts): Promise<StageWorld> {
    const { kafka, follows, partitions = 1 } = parts;
    const newTopic = (name: string, config = {}): Promise<string> =>
      kafka.createTopic(name, { partitions, config });
    const [asked, commands, told, done] = await Promise.all([
      follows?.topics.done ?? newTopic('asked'),
      follows?.topics.commands ?? newTopic('commands'),
      newTopic('told', deadLetterConfig),
      newTopic('done'),
    ]);
    const world = new StageWorld(parts, { asked, commands, told, done });
    await world.listen();
    return world;
  }

  /** A handler's own no. */
  get rejected(): Fact {
    return this.contracts.rejected({ code: 'category_unknown', by: 'rules' });
  }

  /** The consumer group in which the stage reads. */
  get groupId(): string {
    return `onboarding-${this.stage}`;
  }

  /** Starts one process of the stage; resolves when it reads. It may reach Postgres by another URL, e.g. through a proxy. */
  async startProcess(connection: { url?: string; statementTimeoutMs?: number } = {}): Promise<StageProcess> {
    const { database, kafka, tables } = this.parts;
    const pool = createPool(connection.url ?? database.urlFor(tables), {
      applicationName: this.stage,
      schema: tables,
      max: 4,
      ...(connection.statementTimeoutMs === undefined
        ? {}
        : { statementTimeoutMs: connection.statementTimeoutMs }),
    });
    const transport = new StageTransport({
      options: {
        stage: this.stage,
        contracts: this.contracts,
        personalData: { ...noPersonalData, ...this.parts.personalData },
        settings: { ...quickSettings, ...this.parts.settings },
        endsJourney: false,
        signals: this.parts.signals ?? ['approve'],
        isCorrectable: () => true,
      },
      kafka: { brokers: kafka.brokers },
      pool,
      clock: systemClock,
      logger: pino({ level: process.env['SPEC_LOG_LEVEL'] ?? 'silent' }),
      onFatal: (sentence) => {
        throw new Error(sentence);
      },
    });
    const handler = (event: OnboardingEvent, steps: Steps) => this.run(event, steps);
    const { from } = this.parts;
    const options: HandlesOptions = from === undefined ? {} : { from };
    transport.addHandler(`${this.asked.type}:*`, handler, true, { contract: this.asked, options });
    const failure = await new Promise((resolve) => {
      transport.listen(resolve);
    });
    const started = new StageProcess(transport, pool);
    this.processes.push(started);
    if (failure !== undefined) {
      await started.stop();
      throw new Error('the stage did not start', { cause: failure });
    }
    await waitUntil('the group to be joined', () => transport.unready() === undefined, 20_000);
    return started;
  }

  /** An onboarding that the stage works on with `handler` once it is published. */
  newOnboarding(handler: TestHandler): OnboardingEvent {
    const onboardingId = randomUUID();
    this.handle(onboardingId, handler);
    return {
      id: randomUUID(),
      type: this.asked.type,
      time: systemClock.now().toISOString(),
      onboardingId,
      tenantId: 'tenant-a',
      requestId: `request-${onboardingId}`,
      applicantKind: 'individual',
      stage: this.parts.from ?? 'gateway',
      sequence: 1,
      correlationId: onboardingId,
      data: {},
    };
  }

  async publish(...events: OnboardingEvent[]): Promise<void> {
    await this.parts.kafka.publish(this.topics.asked, events.map(toRecord));
  }

  /** What is done with an onboarding that the stage before passes on. */
  handle(onboardingId: string, handler: TestHandler): void {
    this.handlers.set(onboardingId, handler);
  }

  /** Publishes a new onboarding and gives its id. */
  async begin(handler: TestHandler): Promise<string> {
    const event = this.newOnboarding(handler);
    await this.publish(event);
    return event.onboardingId;
  }

  /** Publishes a command and gives its id. */
  async command(onboardingId: string, asked: AskedCommand): Promise<string> {
    const [commandId = ''] = await this.commands(onboardingId, asked);
    return commandId;
  }

  /** Publishes several commands at once, so that the stage reads them together; gives their ids. */
  async commands(onboardingId: string, ...asked: AskedCommand[]): Promise<string[]> {
    const { type } = this.contracts.command;
    const events = asked.map((each) => {
      const data = { commandId: randomUUID(), by: 'ops@example', why: 'a spec asks', ...each };
      return { ...this.newOnboarding(notCalled), id: data.commandId, type, onboardingId, data };
    });
    await this.parts.kafka.publish(this.topics.commands, events.map(toRecord));
    return events.map(({ id }) => id);
  }

  /** What answered a command so far: one event, or none yet, unless something is wrong; copies with its id count as one. */
  answersTo(commandId: string): Record<string, unknown>[] {
    const distinct = new Map(this.told.map((event) => [event.id, event]));
    return ([...distinct.values()] as OnboardingEvent<Record<string, unknown>>[])
      .filter(({ type, data }) => type === onboardingAnswered.type && data['commandId'] === commandId)
      .map(({ data }) => data);
  }

  /** What the stage has told of an onboarding so far, in order. */
  eventsOf(onboardingId: string): OnboardingEvent[] {
    return this.told.filter((event) => event.onboardingId === onboardingId);
  }

  /** Waits for the first event of a type, e.g. `parked`, that fits. */
  async next(
    onboardingId: string,
    name: string,
    fits: (event: OnboardingEvent<Record<string, unknown>>) => boolean = () => true,
  ): Promise<OnboardingEvent<Record<string, unknown>>> {
    const found = () =>
      (this.eventsOf(onboardingId) as OnboardingEvent<Record<string, unknown>>[]).find(
        (event) => event.type.split('.')[1] === name && fits(event),
      );
    return waitUntil(`${name} of ${onboardingId}`, found, 15_000);
  }

  /** The dead letters so far. */
  get deadLetters(): OnboardingEvent[] {
    return this.told.filter(({ type }) => type === this.contracts.deadLetter.type);
  }

  /** What was told of circuits so far: `opened` or `closed`, and why. */
  get circuits(): CircuitEvent[] {
    return this.told
      .filter(({ type }) => type === this.contracts.circuit.type)
      .map(({ data }) => data as CircuitEvent);
  }

  /** An event as the value of a record. */
  valueOf(event: OnboardingEvent): string {
    return toRecord(event).value;
  }

  async stateOf(onboardingId: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ state: string }>(
      'SELECT state FROM stage_run WHERE onboarding_id = $1',
      [onboardingId],
    );
    return rows[0]?.state;
  }

  async close(): Promise<void> {
    for (const started of this.processes) await started.stop();
    await this.reader.disconnect();
    await this.pool.end();
  }

  private async run(event: OnboardingEvent, steps: Steps): Promise<Fact> {
    const handler = this.handlers.get(event.onboardingId);
    if (handler === undefined) throw new Error('an onboarding that no spec has begun');
    return handler(event, steps);
  }

  private async listen(): Promise<void> {
    await this.reader.connect();
    const topics = [this.topics.told, this.topics.done];
    // Not each of several brokers knows a topic as soon as it is made.
    const subscribe = () =>
      this.reader.subscribe({ topics, fromBeginning: true }).then(
        () => true,
        () => false,
      );
    await waitUntil('the topics to be known', subscribe, 30_000);
    await this.reader.run({
      eachMessage: ({ message }) => {
        this.told.push(fromEnvelope(parseEnvelope(message.value)));
        return Promise.resolve();
      },
    });
  }
}

/** One process of a stage, as far as a spec can have several. */
export class StageProcess {
  private isStopped = false;

  constructor(
    private readonly transport: StageTransport,
    private readonly pool: pg.Pool,
  ) {}

  /** What `/health/ready` says although all is well here. */
  get note(): string | undefined {
    return this.transport.note();
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    await this.transport.close();
    await this.pool.end();
  }

  /** What the database sees of a kill: the process says nothing any more, and gives nothing back. */
  async kill(): Promise<void> {
    this.isStopped = true;
    await this.pool.end();
    await this.transport.close();
  }
}

/** Seals by base64, so that a spec can look inside. */
const noPersonalData = {
  sealRecord: (bytes: Buffer) => Promise.resolve(bytes.toString('base64')),
  fingerprint: (input: unknown) => JSON.stringify(input),
  acceptCorrection: () => Promise.resolve({}),
  revertCorrection: () => Promise.resolve(),
  erase: () => Promise.resolve([]),
};

function specContract(type: string, topic: string): FactContract<object> {
  return defineContract({ type, topic, summary: 'For specs.', schema: anything, example: {} });
}

/** The runtime's contracts, on topics of a spec's own. */
export function runtimeContractsOn({ told, commands }: Pick<Topics, 'told' | 'commands'>): RuntimeContracts {
  return {
    attempt: on(told, onboardingAttempt),
    parked: on(told, onboardingParked),
    rejected: on(told, onboardingRejected),
    cancelled: on(told, onboardingCancelled),
    refused: on(told, onboardingRefused),
    answered: on(told, onboardingAnswered),
    erased: on(told, onboardingErased),
    deadLetter: on(told, onboardingDeadLetter),
    circuit: on(told, onboardingCircuit),
    command: on(commands, onboardingCommand),
  };
}

function on<Data>(topic: string, { type, summary, schema, example }: Contract<Data>): FactContract<Data> {
  return defineContract({ type, summary, schema, example, topic });
}

function toRecord(event: OnboardingEvent): { key: string; value: string } {
  return { key: event.onboardingId, value: JSON.stringify(toEnvelope(event)) };
}

function notCalled(): never {
  throw new Error('this handler is never called');
}
