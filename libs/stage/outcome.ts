import type { Fact } from '#contracts/contract.js';
import type { Failure } from './failure.js';
import type { ParkedReason, RunState } from './run.js';

/** How a step ends a handler's run early. Handlers let them pass: they have no try/catch. */
export abstract class Interruption extends Error {}

/** Look again later, holding nothing meanwhile. */
export class Suspension extends Interruption {
  constructor(
    readonly dueMs: number,
    readonly state: RunState & ('active' | 'waiting'),
    readonly facts: readonly Fact[] = [],
  ) {
    super(`look again in ${dueMs} ms`);
  }
}

/** Stop and wait for a human. */
export class Parking extends Interruption {
  constructor(readonly reason: ParkedReason) {
    super(`parked: ${reason.code}`);
  }
}

/** A final business no of the other side. */
export class Rejection extends Interruption {
  constructor(
    readonly failure: Failure,
    readonly step: string,
  ) {
    super(`rejected: ${failure.code}`);
  }
}

/** Commands have arrived: they are applied between two steps. */
export class CommandsArrived extends Interruption {}

/** A correction would change the input of a finished step. */
export class InputChanged extends Interruption {
  constructor(readonly step: string) {
    super(`the input of the finished step ${step} has changed`);
  }
}

/** Somebody else owns the onboarding now: nothing of this run may be started or finished. */
export class LeaseLost extends Interruption {}

/** The database refuses this onboarding's row, and would refuse it again. */
export class Unstorable extends Interruption {}
