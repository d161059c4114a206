import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Logger } from 'pino';
import { LeaseLost, Unstorable } from './outcome.js';
import { recordLateResultSql } from './sql/record-late-result.js';
import { writeRunsSql } from './sql/write-runs.js';
import type { OpenStep } from './open-step.js';
import type { LateResult, ParkedReason, RunState, StepResult } from './run.js';
import type { Signal } from './steps.js';

/** An event in the outbox. */
export interface OutboxRow {
  readonly eventId: string;
  readonly onboardingId: string;
  readonly topic: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** All that one write says of one onboarding: absolute values, so that writing it again changes nothing. */
export interface RunWrite {
  readonly onboardingId: string;
  readonly leaseToken: string;
  readonly state: RunState;
  /** Only the new ones. */
  readonly results: Readonly<Record<string, StepResult>>;
  readonly openStep: OpenStep | null;
  readonly settleMs: number | null;
  readonly sequence: number;
  readonly attempt: number;
  readonly replayOf: string | null;
  readonly signals: readonly Signal[];
  readonly parked: ParkedReason | null;
  readonly answered: readonly string[];
  readonly dueMs: number | null;
  readonly leaseMs: number | null;
  readonly mayCommandsWait: boolean;
  readonly appliedCommands: readonly string[];
  readonly events: readonly OutboxRow[];
}

export interface WriteVerdict {
  readonly hasCommands: boolean;
}

interface Queued {
  readonly write: RunWrite;
  /** Later writes of a row under one lease have higher numbers. */
  readonly number: number;
  readonly resolve: (verdict: WriteVerdict) => void;
  readonly reject: (error: Error) => void;
}

interface Answer extends WriteVerdict {
  readonly isLocked: boolean;
}

const rowsPerCommitMax = 500;
const retryDelayMs = 250;
const lockedDelayMs = 100;

/**
 * Group commit. The writes of all onboardings that queued up while the last statement was under way are one statement,
 * with a verdict per row. A row that makes the statement fail is found by halving, and fails alone.
 *
 * A statement whose answer is lost is sent again: every write is idempotent, and counts only under its lease's token and as long as no
 * later one has been made. A row that somebody else has locked holds up its own write only.
 */
export class Journal {
  private queue: Queued[] = [];
  private isWriting = false;
  private isStopped = false;
  private lastNumber = 0;

  constructor(
    private readonly pool: pg.Pool,
    private readonly logger: Logger,
    private readonly onCommit: (rows: number) => void = () => undefined,
  ) {}

  /**
   * Resolves when the write is durable. Rejects with {@link LeaseLost} when somebody else owns the onboarding, with
   * {@link Unstorable} when the database will never take it; waits while the database is away.
   */
  write(write: RunWrite): Promise<WriteVerdict> {
    return new Promise((resolve, reject) => {
      this.lastNumber += 1;
      this.enqueue({ write, number: this.lastNumber, resolve, reject });
    });
  }

  /**
   * A result that came after the lease had passed to somebody else is still the truth: it is recorded if the step has
   * none, and the onboarding is taken from its present owner, whose next write then fails. False if it came too late.
   */
  async recordLate(onboardingId: string, late: LateResult): Promise<boolean> {
    const answer = await this.pool.query(recordLateResultSql, [
      onboardingId,
      late.step,
      late.intentId,
      JSON.stringify(late.result),
    ]);
    return answer.rowCount === 1;
  }

  /** What is queued is given up: whoever takes the onboardings over knows what to do. */
  stop(): void {
    this.isStopped = true;
    for (const queued of this.queue.splice(0)) queued.reject(new LeaseLost());
  }

  private enqueue(queued: Queued): void {
    this.queue.push(queued);
    if (!this.isWriting) void this.drain();
  }

  private async drain(): Promise<void> {
    this.isWriting = true;
    // Everything that becomes ready in this turn of the event loop joins the first statement.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) await this.commit(this.takeGroup());
    this.isWriting = false;
  }

  /** One write of an onboarding at a time: an earlier owner's may still be in the queue, and has a verdict of its own. */
  private takeGroup(): Queued[] {
    const group = new Map<string, Queued>();
    this.queue = this.queue.filter((queued) => {
      const { onboardingId } = queued.write;
      if (group.size === rowsPerCommitMax || group.has(onboardingId)) return true;
      group.set(onboardingId, queued);
      return false;
    });
    return [...group.values()];
  }

  private async commit(group: readonly Queued[]): Promise<void> {
    while (!this.isStopped) {
      try {
        this.settle(group, await this.send(group));
        return;
      } catch (error) {
        if (isRefusedData(error)) {
          await this.findTheBadRow(group, error);
          return;
        }
        this.logger.warn(
          { err: error, rows: group.length },
          'the database did not take a group commit; trying again',
        );
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      }
    }
    for (const queued of group) queued.reject(new LeaseLost());
  }

  private async findTheBadRow(group: readonly Queued[], error: unknown): Promise<void> {
    const only = group.length === 1 ? group[0] : undefined;
    if (only !== undefined) {
      const { code } = error as { code?: string };
      only.reject(new Unstorable(`the database refuses the row (SQLSTATE ${code ?? 'unknown'})`));
      return;
    }
    const middle = Math.ceil(group.length / 2);
    await this.commit(group.slice(0, middle));
    await this.commit(group.slice(middle));
  }

  private settle(group: readonly Queued[], answers: ReadonlyMap<string, Answer>): void {
    this.onCommit(group.length);
    for (const queued of group) {
      const answer = answers.get(queued.write.onboardingId);
      if (answer === undefined) queued.reject(new LeaseLost());
      else if (answer.isLocked) setTimeout(() => this.enqueue(queued), lockedDelayMs);
      else queued.resolve(answer);
    }
  }

  private async send(group: readonly Queued[]): Promise<Map<string, Answer>> {
    const writes = group.map(({ write }) => write);
    const commands = writes.flatMap((write) =>
      write.appliedCommands.map((commandId) => ({
        command_id: commandId,
        onboarding_id: write.onboardingId,
      })),
    );
    const events = writes.flatMap((write) => write.events.map(toOutboxRecord));
    const answer = await this.pool.query<Answer & { onboardingId: string }>(writeRunsSql, [
      JSON.stringify(group.map(toRunRecord)),
      JSON.stringify(events),
      JSON.stringify(commands),
    ]);
    return new Map(answer.rows.map((row) => [row.onboardingId, row]));
  }
}

/** A fresh id for an intent, so that a late result can be told from another try's. */
export function newIntentId(): string {
  return randomUUID();
}

/** SQLSTATE classes 22 (data exception) and 23 (constraint): the row is at fault, not the database. */
export function isRefusedData(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && (code.startsWith('22') || code.startsWith('23'));
}

export function toOutboxRecord(row: OutboxRow): Record<string, unknown> {
  return {
    event_id: row.eventId,
    onboarding_id: row.onboardingId,
    topic: row.topic,
    value: row.value,
    headers: row.headers,
  };
}

function toRunRecord({ write, number }: Queued): Record<string, unknown> {
  return {
    write_number: number,
    onboarding_id: write.onboardingId,
    lease_token: write.leaseToken,
    state: write.state,
    results: write.results,
    open_step: write.openStep,
    settle_ms: write.settleMs,
    sequence: write.sequence,
    attempt: write.attempt,
    replay_of: write.replayOf,
    signals: write.signals,
    parked: write.parked,
    answered: write.answered,
    due_ms: write.dueMs,
    lease_ms: write.leaseMs,
    may_commands_wait: write.mayCommandsWait,
  };
}
