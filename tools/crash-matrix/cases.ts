import { effectOf } from './finhub-effect.js';
import type { Kind } from './kinds.js';
import type { KillPoint, TraceLine } from './trace.js';

/** One cell of the matrix: a process of a stage dies once, at this side of this edge of an applicant of this kind. */
export interface Case {
  readonly kind: Kind;
  /** The edge's place in the stage's work on an applicant, from 0. */
  readonly position: number;
  readonly kill: KillPoint;
  /** How long the onboarding then stays with the dead process. */
  readonly leaseMs: number;
}

/** Every side of every edge that was counted, in their order; `leaseMs` is what holds before any edge says more. */
export function casesOf(kind: Kind, counted: readonly TraceLine[], leaseMs: number): Case[] {
  let held = leaseMs;
  return counted.map(({ edge, side, leaseMs: written }, position) => {
    const earlier = counted.slice(0, position).filter((line) => line.edge === edge && line.side === side);
    // A lease counts once it is written.
    if (written !== undefined && side === 'after') held = written;
    return { kind, position, kill: { edge, nth: earlier.length + 1, side }, leaseMs: held };
  });
}

/** How often a command comes in, an onboarding is claimed for one, and its event is then published again, is chance. */
const isOfChance = /Kafka: send|from the outbox/u;
/** Commands know no kind of applicant; but what tells of one that is unheard comes as one. */
const isOfCommands = /command|claim what is due|former owner/u;
const isRead = /^vault: read|read waiting|former owner/u;

/**
 * Leaves out what is only the same once more. Of many edges alike the first two and the last stay, of those of chance the
 * first; of commands' edges those of one kind of applicant; of what only reads the answer, for it has no effect to be before.
 */
export function representative(cases: readonly Case[]): Case[] {
  const [firstKind] = cases.map(({ kind }) => kind);
  return cases.filter(({ kind, kill: { edge, nth, side } }) => {
    if (side === 'before' && isReading(edge)) return false;
    if (isOfCommands.test(edge)) return nth === 1 && (kind === firstKind || kind === 'unheard');
    if (isOfChance.test(edge)) return nth === 1;
    const alike = cases.filter(
      ({ kind: its, kill }) => its === kind && kill.edge === edge && kill.side === side,
    );
    return nth <= 2 || nth === alike.length;
  });
}

function isReading(edge: string): boolean {
  const operation = /^FinHub: (\w+),/u.exec(edge)?.[1];
  return operation === undefined ? isRead.test(edge) : effectOf(operation) === 'none';
}

/** A login is only made by a process that has none yet, so these cases need processes that have just started. */
export function needsFreshProcess({ kill }: Case): boolean {
  return kill.edge.includes('Session');
}

/** Cases that die in the same round, one process each: those of fresh processes first, then by how long their lease is. */
export function roundsOf(cases: readonly Case[], size: number): Case[][] {
  const groups = new Map<string, Case[]>();
  for (const each of cases) {
    const key = `${needsFreshProcess(each) ? 0 : 1} ${String(each.leaseMs).padStart(9, '0')}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups]
    .sort(([one], [other]) => one.localeCompare(other))
    .flatMap(([, members]) => {
      const rounds = Math.ceil(members.length / size);
      return Array.from({ length: rounds }, (_, n) => members.slice(n * size, (n + 1) * size));
    });
}
