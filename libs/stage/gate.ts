import type { Clock } from '#platform/clock.js';

const windowMs = 60_000;
const applicantsToClose = 3;
const holdMs = 15_000;

interface GateRecord {
  /** Onboarding id -> when it failed, monotonic. */
  readonly failed: Map<string, number>;
  closedUntilMs: number;
}

/** Whose work at what: a tenant and a kind of step. */
export interface GateKey {
  readonly tenantId: string;
  /** A step's name up to the colon: `upload:3` and `upload:4` are one kind. */
  readonly stepKind: string;
}

/**
 * Stops a tenant's work at one kind of step when the set-up is wrong: `misconfigured` answers for several applicants, none
 * of them in between successful. While closed nobody begins it and no attempt is counted; after the hold one applicant
 * after the other probes, so that it resumes by itself. One applicant alone closes nothing: it is parked.
 */
export class Gate {
  private readonly records = new Map<string, GateRecord>();

  constructor(
    private readonly clock: Clock,
    private readonly onChange: (key: GateKey, isClosed: boolean) => void,
  ) {}

  /** Milliseconds until the step may begin; 0: now. The first to ask after the hold is the probe. */
  heldBackMs(key: GateKey): number {
    const record = this.records.get(textOf(key));
    if (record === undefined || record.closedUntilMs === 0) return 0;
    const now = this.clock.monotonicMs();
    if (now < record.closedUntilMs) return record.closedUntilMs - now;
    record.closedUntilMs = now + holdMs;
    return 0;
  }

  misconfigured(key: GateKey, onboardingId: string): void {
    const now = this.clock.monotonicMs();
    const record = this.records.get(textOf(key)) ?? { failed: new Map<string, number>(), closedUntilMs: 0 };
    this.records.set(textOf(key), record);
    record.failed.set(onboardingId, now);
    for (const [id, at] of record.failed) if (now - at > windowMs) record.failed.delete(id);
    if (record.failed.size < applicantsToClose || record.closedUntilMs > now) return;
    if (record.closedUntilMs === 0) this.onChange(key, true);
    record.closedUntilMs = now + holdMs;
  }

  /** The step went well for somebody: the set-up is right. */
  succeeded(key: GateKey): void {
    const record = this.records.get(textOf(key));
    if (record === undefined) return;
    this.records.delete(textOf(key));
    if (record.closedUntilMs > 0) this.onChange(key, false);
  }

  /** How many are closed, for health and metrics. */
  get closed(): number {
    return [...this.records.values()].filter((record) => record.closedUntilMs > 0).length;
  }
}

/** The kind of a step, e.g. `upload` of `upload:3`. */
export function stepKindOf(step: string): string {
  return step.split(':', 1)[0] ?? step;
}

function textOf({ tenantId, stepKind }: GateKey): string {
  return `${tenantId}\n${stepKind}`;
}
