import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Before: nothing of it has happened yet. After: it has happened, and nobody in the process knows it yet. */
export type Side = 'before' | 'after';

/** A point at which a process may die: the side of the `nth` edge of that name since the last death, counted from 1. */
export interface KillPoint {
  readonly edge: string;
  readonly nth: number;
  readonly side: Side;
}

/** What is planned for one onboarding: where its process dies, in order. None: its edges are only counted. */
export interface Plan {
  readonly kills: readonly KillPoint[];
}

/** One side of an edge that was reached for an onboarding. */
export interface TraceLine {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly pid: number;
  readonly edge: string;
  readonly side: Side;
  /** The process died here. */
  readonly isKill?: true;
  /** How long the onboarding stays with the process, where the edge says so. */
  readonly leaseMs?: number;
}

/** The file that holds the plan of an onboarding; an onboarding without one is nobody's case. */
export function planFile(directory: string, onboardingId: string): string {
  return join(directory, `${onboardingId}.plan.json`);
}

/** Adds a line to what was seen of an onboarding; durable enough to outlive a SIGKILL in the next instruction. */
export function addToTrace(directory: string, onboardingId: string, line: TraceLine): void {
  appendFileSync(traceFile(directory, onboardingId), `${JSON.stringify(line)}\n`);
}

/** All that was seen of an onboarding so far, in order. */
export function readTrace(directory: string, onboardingId: string): TraceLine[] {
  const text = contentOf(traceFile(directory, onboardingId));
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TraceLine);
}

/**
 * The kill that is due at this edge, if there is one: `trace` is what was seen before it. Kills come in the plan's order,
 * and each but once: a process that was started again passes.
 */
export function dueKill(
  { kills }: Plan,
  trace: readonly TraceLine[],
  { edge, side }: Pick<TraceLine, 'edge' | 'side'>,
): KillPoint | undefined {
  const next = kills[trace.filter(({ isKill }) => isKill).length];
  if (next?.edge !== edge || next.side !== side) return undefined;
  const sinceDeath = trace.slice(trace.findLastIndex(({ isKill }) => isKill) + 1);
  const earlier = sinceDeath.filter((line) => line.edge === edge && line.side === side).length;
  return earlier + 1 === next.nth ? next : undefined;
}

function traceFile(directory: string, onboardingId: string): string {
  return join(directory, `${onboardingId}.trace.jsonl`);
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
