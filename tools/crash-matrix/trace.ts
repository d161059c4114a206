import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Before: nothing of it has happened yet. After: it has happened, and nobody in the process knows it yet. */
export type Side = 'before' | 'after';

/**
 * A point at which a process may die: the side of the `nth` edge of that name since the last death, counted from 1; with
 * `since` only from that edge on.
 */
export interface KillPoint {
  readonly edge: string;
  readonly nth: number;
  readonly side: Side;
  readonly since?: string;
}

/** What is planned for one onboarding. */
export interface Plan {
  /** Where its process dies, in order. None: its edges are only counted. */
  readonly kills: readonly KillPoint[];
  /** After which edge, the first time, its process stands still, and for how many milliseconds. */
  readonly freeze?: { readonly edge: string; readonly forMs: number } | undefined;
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
  /** How long the onboarding stays with the process, where the edge says so; 0: it is given back. */
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
  if (next === undefined) return undefined;
  const { since } = next;
  const isTheEdge = (line: Pick<TraceLine, 'edge' | 'side'>): boolean =>
    (since === undefined ? line.edge : plain(line.edge)) === next.edge && line.side === next.side;
  if (!isTheEdge({ edge, side })) return undefined;
  const turn = since === undefined ? 0 : afterTurn(trace, since);
  const afterDeath = trace.findLastIndex(({ isKill }) => isKill) + 1;
  const earlier = trace.slice(Math.max(turn, afterDeath)).filter(isTheEdge).length;
  return turn <= trace.length && earlier + 1 === next.nth ? next : undefined;
}

/** For how many milliseconds the process is to stand still at this edge: `trace` is what was seen before it. */
export function dueFreezeMs(
  { freeze }: Plan,
  trace: readonly TraceLine[],
  { edge, side }: Pick<TraceLine, 'edge' | 'side'>,
): number {
  if (freeze?.edge !== edge || side !== 'after') return 0;
  return afterTurn(trace, edge) > trace.length ? freeze.forMs : 0;
}

/** Where in a trace that goes on which comes after an edge's first time; past its end where it never came. */
export function afterTurn(trace: readonly TraceLine[], edge: string): number {
  const turn = trace.findIndex((line) => line.edge === edge && line.side === 'after');
  return (turn === -1 ? trace.length : turn) + 1;
}

/** What a write's name has where it also says that a command is applied. */
export const appliesToo = ', and that a command is applied';

/** The edge's name, whether or not a command came in time for it. */
export function plain(edge: string): string {
  return edge.replace(appliesToo, '');
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
