import { existsSync, readFileSync } from 'node:fs';
import { currentLogContext } from '#platform/log-context.js';
import { addToTrace, dueFreezeMs, dueKill, planFile, readTrace, type Plan, type Side } from '../trace.js';

/** One side of an edge; `leaseMs` where it says how long the onboarding then stays with the process. */
export interface Reached {
  readonly edge: string;
  readonly side: Side;
  readonly leaseMs?: number | undefined;
}

const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu;

/** Sees the edges of the onboardings that are cases, writes them down, and ends the process where a plan says so. */
export class Watch {
  /** Absent: not looked for yet. Undefined: no case. */
  private readonly plans = new Map<string, Plan | undefined>();
  /** Ids that stand for an onboarding: of its events. */
  private readonly aliases = new Map<string, string>();

  constructor(private readonly directory: string) {}

  /** The cases that a text names, by their onboarding's id or by the id of one of their events. */
  casesIn(text: string): string[] {
    const found = new Set<string>();
    for (const id of text.match(uuid) ?? []) {
      const onboardingId = this.aliases.get(id) ?? id;
      if (this.planOf(onboardingId) !== undefined) found.add(onboardingId);
    }
    return [...found];
  }

  /** The case that the running code works for, if any. */
  currentCase(): string[] {
    const { onboardingId } = currentLogContext();
    return onboardingId !== undefined && this.planOf(onboardingId) !== undefined ? [onboardingId] : [];
  }

  /** From now on this id, e.g. of an event, stands for the onboarding. */
  addAlias(id: string, onboardingId: string): void {
    this.aliases.set(id, onboardingId);
  }

  /** An edge is reached; does not return where the plan says that the process dies here, and late where it is to stand still. */
  reach(onboardingId: string, { edge, side, leaseMs }: Reached): void {
    const plan = this.planOf(onboardingId);
    if (plan === undefined) return;
    const trace = readTrace(this.directory, onboardingId);
    const kill = dueKill(plan, trace, { edge, side });
    addToTrace(this.directory, onboardingId, {
      atMs: Date.now(),
      pid: process.pid,
      edge,
      side,
      ...(leaseMs === undefined ? {} : { leaseMs }),
      ...(kill === undefined ? {} : { isKill: true }),
    });
    if (kill !== undefined) process.kill(process.pid, 'SIGKILL');
    const freezeMs = dueFreezeMs(plan, trace, { edge, side });
    if (freezeMs > 0) Atomics.wait(nobodyWakes, 0, 0, freezeMs);
  }

  private planOf(onboardingId: string): Plan | undefined {
    if (!this.plans.has(onboardingId)) {
      const file = planFile(this.directory, onboardingId);
      const plan = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Plan) : undefined;
      this.plans.set(onboardingId, plan);
    }
    return this.plans.get(onboardingId);
  }
}
