import { pino } from 'pino';
import type { Command } from '#contracts/commands.js';
import type { Fact } from '#contracts/contract.js';
import { runtimeContractsOn, quickSettings } from '../../../test/stage-world.js';
import { CircuitBreakers } from '../circuit-breakers.js';
import { Executor } from '../executor.js';
import type { RunWrite, WriteVerdict } from '../journal.js';
import { Unstorable } from '../outcome.js';
import { Run, type RunRow } from '../run.js';
import type { PersonalData } from '../stage-options.js';
import type { Steps } from '../steps.js';
import { contextWith, newRow, startedAt } from './in-memory.js';

/** An event of the run, as its type's name and its data. */
export interface Told {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * One onboarding in one stage with neither Kafka nor Postgres: its row in memory, written as `write-runs.ts` writes it,
 * and a clock that jumps to when it is due. For rules about every sequence of commands.
 */
export class OneRun {
  readonly told: Told[] = [];
  state: RunRow['state'] = 'active';
  private nowMs = 0;
  private dueAtMs: number | null = 0;
  private settlesAtMs = 0;
  private row: RunRow = newRow();
  private readonly commands: { readonly command: Command; isApplied: boolean }[] = [];
  private readonly contracts = runtimeContractsOn({ told: 'told', commands: 'commands' });
  private readonly clock = { now: () => startedAt, monotonicMs: () => this.nowMs };

  constructor(
    private readonly handler: (steps: Steps) => Promise<Fact>,
    private readonly personalData: PersonalData,
    private readonly whenEnded: () => Promise<void> = () => Promise.resolve(),
  ) {}

  /** The commands reach the stage together. */
  give(...commands: Command[]): void {
    this.commands.push(...commands.map((command) => ({ command, isApplied: false })));
    this.dueAtMs = this.nowMs;
  }

  /** Works on it once, when it is due. False when it waits for nothing but a human. */
  async turn(): Promise<boolean> {
    if (this.dueAtMs === null) return false;
    this.nowMs = Math.max(this.nowMs, this.dueAtMs);
    const lease = { readAtMs: this.nowMs, leaseMs: quickSettings.leaseMs };
    const settlesInMs = this.settlesAtMs - this.nowMs;
    const databaseNow = new Date(startedAt.getTime() + this.nowMs);
    const row = { ...this.row, settlesInMs, databaseNow, hasCommands: this.pending().length > 0 };
    this.dueAtMs = null;
    await this.executor().execute(new Run(row, this.clock, lease));
    return true;
  }

  private pending(): readonly Command[] {
    return this.commands.filter(({ isApplied }) => !isApplied).map(({ command }) => command);
  }

  private executor(): Executor {
    const context = contextWith({
      journal: { write: (write) => this.write(write), recordLate: () => Promise.resolve(false) },
      clock: this.clock,
      breakers: new CircuitBreakers(this.clock, quickSettings.circuitHoldMs, () => undefined),
    });
    return new Executor({
      context,
      options: {
        stage: 'registration',
        contracts: this.contracts,
        personalData: this.personalData,
        settings: quickSettings,
        endsJourney: false,
        signals: ['approve'],
        isCorrectable: () => true,
        whenEnded: this.whenEnded,
      },
      logger: pino({ level: 'silent' }),
      handle: (_, steps) => this.handler(steps),
      pendingCommands: () => {
        const { onboardingId } = this.row;
        return Promise.resolve(
          this.pending().map((command) => ({ onboardingId, command, occurredAt: startedAt })),
        );
      },
      onOutcome: () => undefined,
    });
  }

  private write(write: RunWrite): Promise<WriteVerdict> {
    if (JSON.stringify([write.results, write.signals]).includes(String.raw`\u0000`))
      return Promise.reject(new Unstorable('a NUL'));
    for (const each of this.commands)
      if (write.appliedCommands.includes(each.command.commandId)) each.isApplied = true;
    const { state, openStep, sequence, attempt, replayOf, signals, parked, answered } = write;
    const results = { ...write.results, ...this.row.results };
    if (write.settleMs !== null) this.settlesAtMs = this.nowMs + write.settleMs;
    const intentAt = write.settleMs === null ? this.row.intentAt : new Date(startedAt.getTime() + this.nowMs);
    this.row = {
      ...this.row,
      state,
      results,
      openStep,
      sequence,
      attempt,
      replayOf,
      signals,
      parked,
      answered,
      intentAt,
    };
    this.state = state;
    this.told.push(...write.events.map(({ value }) => toldBy(value)));
    const hasCommands = this.pending().length > 0;
    this.dueAtMs = write.leaseMs === null ? this.dueAfter(write, hasCommands) : this.nowMs + write.leaseMs;
    return Promise.resolve({ hasCommands });
  }

  private dueAfter({ dueMs, mayCommandsWait }: RunWrite, hasCommands: boolean): number | null {
    if (hasCommands && !mayCommandsWait) return this.nowMs;
    return dueMs === null ? null : this.nowMs + dueMs;
  }
}

function toldBy(value: string): Told {
  const { type, data } = JSON.parse(value) as { type: string; data: Record<string, unknown> };
  return { name: type.split('.').at(-2) ?? '', data };
}
