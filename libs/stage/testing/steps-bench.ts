import { quickSettings } from '../../../test/stage-world.js';
import { CircuitBreakers } from '../circuit-breakers.js';
import type { Failure } from '../failure.js';
import type { RunWrite } from '../journal.js';
import type { Interruption } from '../outcome.js';
import { Run, type LateResult, type RunRow } from '../run.js';
import { RunSteps } from '../run-steps.js';
import type { Found } from '../steps.js';
import { contextWith, newRow, startedAt } from './in-memory.js';

/** The steps of onboardings with neither Kafka nor Postgres: a clock, a journal and circuits that a spec looks into. */
export class StepsBench {
  nowMs = 0;
  hasCommands = false;
  /** How long a call would wait for its turn. */
  waitMs = 0;
  onWrite: () => void = () => undefined;
  readonly writes: RunWrite[] = [];
  readonly late: LateResult[] = [];
  private readonly clock = { now: () => startedAt, monotonicMs: () => this.nowMs };
  private breakers = this.closedCircuits();

  /** A run of a handler, with its row as it is now. */
  begin(found: Partial<RunRow> = {}): { steps: RunSteps; run: Run } {
    const row = { ...newRow(), databaseNow: new Date(startedAt.getTime() + this.nowMs), ...found };
    const run = new Run(row, this.clock, { readAtMs: this.nowMs, leaseMs: quickSettings.leaseMs });
    return { steps: this.stepsOf(run), run };
  }

  /** The handler is run again, with nothing written in between. */
  stepsOf(run: Run): RunSteps {
    const context = contextWith({
      journal: {
        write: (write) => {
          this.writes.push(write);
          this.onWrite();
          return Promise.resolve({ hasCommands: this.hasCommands });
        },
        recordLate: (_, result) => {
          this.late.push(result);
          return Promise.resolve(true);
        },
      },
      clock: this.clock,
      breakers: this.breakers,
      expectedWaitMs: () => this.waitMs,
    });
    return new RunSteps(run, context);
  }

  openCircuit(stepKind: string, failure: Failure): void {
    const circuit = { tenantId: 'tenant-a', host: 'finhub', stepKind };
    for (const id of ['a', 'b', 'c']) this.breakers.failed(circuit, id, failure);
  }

  closeCircuits(): void {
    this.breakers = this.closedCircuits();
  }

  private closedCircuits(): CircuitBreakers {
    return new CircuitBreakers(this.clock, quickSettings.circuitHoldMs, () => undefined);
  }
}

export function absent(): Promise<Found<object>> {
  return Promise.resolve({ state: 'absent' });
}

export function never(): Promise<never> {
  return Promise.reject(new Error('this call must not be made'));
}

/** How a step ended the handler's run. */
export function endOf(step: Promise<unknown>): Promise<Interruption> {
  return step.then(
    () => {
      throw new Error('the step has a result');
    },
    (error: unknown) => error as Interruption,
  );
}
