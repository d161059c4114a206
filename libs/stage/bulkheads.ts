import type { Clock } from '#platform/clock.js';

/** Of the places that a tenant may have in this process, runs at one kind of step take so many at the most. */
const shareOfKind = 2 / 3;
/** Nobody waits longer for a turn: by then the calls may have become faster. */
const holdMsMax = 30_000;
/** What a call is taken to last until the first one has ended. */
const firstGuessMs = 1_000;

/** Whose runs at which kind of step. */
interface Compartment {
  inside: number;
  /** A moving average over the last ten calls or so. */
  callMs: number;
  /** Monotonic: until then the turns are given away. */
  turnsUntilMs: number;
}

/**
 * Keeps a slow kind of step from holding up its tenant's other work: when too many runs are at it, the next ones give their
 * places back and get turns, as fast as its calls end. A failing one is the circuit breakers' business.
 */
export class Bulkheads {
  private readonly compartments = new Map<string, Compartment>();
  private readonly insideOf = new Map<object, Compartment>();

  /** `placesOf`: how many places of this process the tenant may have now. */
  constructor(
    private readonly clock: Clock,
    private readonly placesOf: (tenantId: string) => number,
  ) {}

  /** Milliseconds until it is the run's turn; 0: it goes in, until it enters another or {@link leave}s. */
  enter(run: object, tenantId: string, stepKind: string): number {
    const compartment = this.compartmentOf(tenantId, stepKind);
    if (this.insideOf.get(run) === compartment) return 0;
    this.leave(run);
    const max = Math.max(Math.ceil(this.placesOf(tenantId) * shareOfKind), 1);
    if (compartment.inside >= max) return this.giveTurn(compartment, compartment.callMs / max);
    compartment.inside += 1;
    this.insideOf.set(run, compartment);
    return 0;
  }

  /** A call of the run that is inside has ended. */
  callEnded(run: object, ms: number): void {
    const compartment = this.insideOf.get(run);
    if (compartment !== undefined) compartment.callMs += (ms - compartment.callMs) / 10;
  }

  leave(run: object): void {
    const compartment = this.insideOf.get(run);
    if (compartment !== undefined) compartment.inside -= 1;
    this.insideOf.delete(run);
  }

  private giveTurn(compartment: Compartment, everyMs: number): number {
    const now = this.clock.monotonicMs();
    const turnMs = Math.max(compartment.turnsUntilMs, now) + Math.max(everyMs, 1);
    compartment.turnsUntilMs = Math.min(turnMs, now + holdMsMax);
    return compartment.turnsUntilMs - now;
  }

  private compartmentOf(tenantId: string, stepKind: string): Compartment {
    const key = `${tenantId}\n${stepKind}`;
    const known = this.compartments.get(key);
    if (known !== undefined) return known;
    const compartment = { inside: 0, callMs: firstGuessMs, turnsUntilMs: 0 };
    this.compartments.set(key, compartment);
    return compartment;
  }
}
