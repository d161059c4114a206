import type { Clock } from '#platform/clock.js';
import { isAboutTheApplicant, type Failure } from './failure.js';

/** Whose calls of what: the tenant, the host they go to, and the kind of step. */
export interface Circuit {
  readonly tenantId: string;
  /** Tenants of one host share its fate. */
  readonly host: string;
  /** A step's name up to the colon: `upload:3` and `upload:4` are one kind. */
  readonly stepKind: string;
}

/** `failing`: the other side does not answer, or with errors of its own. `misconfigured`: it refuses our set-up. */
export type Trouble = 'failing' | 'misconfigured';

/** What changed: without a tenant, the circuit of all tenants of the host. */
export interface CircuitChange {
  readonly isOpen: boolean;
  readonly stepKind: string;
  readonly trouble: Trouble;
  readonly tenantId?: string;
}

const windowMs = 60_000;
const applicantsToOpen = 3;
const tenantsToOpen = 2;
/** A hold doubles so many times at the most. */
const holdFactorMax = 15;

/**
 * Stops the work at one kind of step when it is not the applicant's fault: calls fail for several applicants and succeed for
 * none in between (or nobody takes a connection, several times in a row). While a circuit is open nobody begins the step
 * and no attempt is counted, so that nobody is parked; after a hold, which doubles each time, one call probes, and its success
 * closes the circuit. First a tenant's circuit opens; when those of two tenants of a host are failing, the host's: one
 * tenant's trouble holds up no other. One applicant alone opens nothing: it is parked.
 */
export class CircuitBreakers {
  private readonly breakers = new Map<string, Breaker>();

  /** `holdFirstMs`: how long nobody begins the step before the first probe; at the most 15 times as long later. */
  constructor(
    private readonly clock: Clock,
    private readonly holdFirstMs: number,
    private readonly onChange: (change: CircuitChange) => void,
  ) {}

  /** Milliseconds until the onboarding's step may begin; 0: now. Whoever gets 0 from an open circuit is its probe. */
  heldBackMs(circuit: Circuit, onboardingId: string, timeLimitMs: number): number {
    const now = this.clock.monotonicMs();
    const open = this.openOnes(circuit);
    const heldMs = Math.max(0, ...open.map((breaker) => breaker.heldMs(now)));
    if (heldMs === 0) for (const breaker of open) breaker.probe(now, timeLimitMs, onboardingId);
    return heldMs;
  }

  /** Takes note of a failed call. True while the circuit is open: the attempt is not the applicant's. */
  failed(circuit: Circuit, onboardingId: string, failure: Failure): boolean {
    if (isAboutTheApplicant(failure)) {
      this.succeeded(circuit);
      return false;
    }
    const trouble = troubleOf(failure);
    if (trouble === undefined) {
      this.probeEnded(onboardingId);
      return this.openOnes(circuit).length > 0;
    }
    const now = this.clock.monotonicMs();
    const breaker = this.ofTenant(circuit) ?? new Breaker(circuit, this.holdFirstMs, circuit.tenantId);
    this.breakers.set(tenantKey(circuit), breaker);
    const hasOpened = breaker.fail(now, { trouble, onboardingId, hasNoAnswer: hasNoAnswer(failure) });
    if (hasOpened) this.onChange(breaker.change);
    if (trouble === 'failing') this.failHost(circuit, onboardingId, now);
    // Whoever refuses one tenant's set-up is there for the others.
    else this.close(hostKey(circuit));
    return breaker.isOpen || this.ofHost(circuit) !== undefined;
  }

  /** The step went well for somebody, or was answered with a plain no. */
  succeeded(circuit: Circuit): void {
    this.close(hostKey(circuit));
    this.close(tenantKey(circuit));
  }

  /** The onboarding made no call, or was told nothing of the endpoint: where it was to be the probe, another one is after a hold. */
  probeEnded(onboardingId: string): void {
    for (const breaker of this.breakers.values()) breaker.endProbe(this.clock.monotonicMs(), onboardingId);
  }

  /** The circuits that are open, for health and metrics. */
  get open(): readonly CircuitChange[] {
    return [...this.breakers.values()].filter(({ isOpen }) => isOpen).map(({ change }) => change);
  }

  private openOnes(circuit: Circuit): Breaker[] {
    return [this.ofHost(circuit), this.ofTenant(circuit)].filter(
      (breaker): breaker is Breaker => breaker?.isOpen === true,
    );
  }

  private close(key: string): void {
    const breaker = this.breakers.get(key);
    this.breakers.delete(key);
    if (breaker?.isOpen === true) this.onChange({ ...breaker.change, isOpen: false });
  }

  private failHost(circuit: Circuit, onboardingId: string, now: number): void {
    const known = this.ofHost(circuit);
    if (known !== undefined) {
      known.hold(now, onboardingId);
      return;
    }
    if (this.failingTenants(circuit) < tenantsToOpen) return;
    const host = new Breaker(circuit, this.holdFirstMs);
    host.open(now);
    this.breakers.set(hostKey(circuit), host);
    this.onChange(host.change);
  }

  private failingTenants({ host, stepKind }: Circuit): number {
    return [...this.breakers.values()].filter(
      ({ isOpen, change, circuit }) =>
        isOpen && change.trouble === 'failing' && circuit.host === host && circuit.stepKind === stepKind,
    ).length;
  }

  private ofTenant(circuit: Circuit): Breaker | undefined {
    return this.breakers.get(tenantKey(circuit));
  }

  private ofHost(circuit: Circuit): Breaker | undefined {
    return this.breakers.get(hostKey(circuit));
  }
}

/** One circuit that has seen failures since its last success; without a tenant, that of a host. */
class Breaker {
  isOpen = false;
  private trouble: Trouble = 'failing';
  /** Onboarding id -> when it failed, monotonic. */
  private readonly failures = new Map<string, number>();
  private withoutAnswer = 0;
  private holdMs: number;
  private heldUntilMs = 0;
  /** The onboarding whose call is the probe that is under way. */
  private probedBy: string | undefined;

  constructor(
    readonly circuit: Circuit,
    private readonly holdFirstMs: number,
    private readonly tenantId?: string,
  ) {
    this.holdMs = holdFirstMs;
  }

  get change(): CircuitChange {
    const { isOpen, trouble, circuit, tenantId } = this;
    return { isOpen, trouble, stepKind: circuit.stepKind, ...(tenantId === undefined ? {} : { tenantId }) };
  }

  /** Never more than a hold at once, so that nobody sleeps through the probe's success. */
  heldMs(now: number): number {
    return Math.max(Math.min(this.heldUntilMs - now, this.holdMs), 0);
  }

  /** The others wait until the probe must have ended. */
  probe(now: number, timeLimitMs: number, onboardingId: string): void {
    this.probedBy = onboardingId;
    this.heldUntilMs = now + timeLimitMs + this.holdMs;
  }

  /** True when this failure opens it. */
  fail(
    now: number,
    failed: { readonly trouble: Trouble; readonly onboardingId: string; readonly hasNoAnswer: boolean },
  ): boolean {
    if (this.isOpen) {
      this.hold(now, failed.onboardingId);
      return false;
    }
    this.trouble = failed.trouble;
    this.failures.set(failed.onboardingId, now);
    for (const [id, at] of this.failures) if (now - at > windowMs) this.failures.delete(id);
    this.withoutAnswer = failed.hasNoAnswer ? this.withoutAnswer + 1 : 0;
    if (this.failures.size < applicantsToOpen && this.withoutAnswer < applicantsToOpen) return false;
    this.open(now);
    return true;
  }

  open(now: number): void {
    this.isOpen = true;
    this.heldUntilMs = now + this.holdMs;
  }

  /** Another failure while it is open: a failed probe doubles the hold. A call from before it opened says nothing of the probe. */
  hold(now: number, onboardingId: string): void {
    if (this.probedBy === onboardingId)
      this.holdMs = Math.min(this.holdMs * 2, this.holdFirstMs * holdFactorMax);
    else if (this.probedBy !== undefined) return;
    this.probedBy = undefined;
    this.heldUntilMs = now + this.holdMs;
  }

  endProbe(now: number, onboardingId: string): void {
    if (this.probedBy !== onboardingId) return;
    this.probedBy = undefined;
    this.heldUntilMs = now + this.holdMs;
  }
}

/** The kind of a step, e.g. `upload` of `upload:3`. */
export function stepKindOf(step: string): string {
  return step.split(':', 1)[0] ?? step;
}

/** Codes that speak of the endpoint rather than of the applicant. */
const endpointCodes = new Set([
  'connection_refused',
  'connection_lost',
  'timed_out',
  'server_error',
  'unreadable_answer',
  'unexpected_redirect',
]);

function troubleOf({ kind, code }: Failure): Trouble | undefined {
  if (kind === 'misconfigured') return 'misconfigured';
  return endpointCodes.has(code) ? 'failing' : undefined;
}

/** Nobody took the connection: no applicant can be at fault. */
function hasNoAnswer({ code }: Failure): boolean {
  return code === 'connection_refused';
}

function tenantKey({ tenantId, stepKind }: Circuit): string {
  return `tenant\n${tenantId}\n${stepKind}`;
}

function hostKey({ host, stepKind }: Circuit): string {
  return `host\n${host}\n${stepKind}`;
}
