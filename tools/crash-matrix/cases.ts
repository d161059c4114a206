import { effectOf } from './finhub-effect.js';
import { kindOf, turnOf, type Kind } from './kinds.js';
import { afterTurn, plain, type KillPoint, type TraceLine } from './trace.js';

/** One cell of the matrix: a process of a stage dies once, at this side of this edge of an applicant of this kind. */
export interface Case {
  readonly kind: Kind;
  /** The edge's place in the stage's work on an applicant, from 0. */
  readonly position: number;
  readonly kill: KillPoint;
  /** How long the onboarding then stays with the dead process. */
  readonly leaseMs: number;
}

/**
 * Every side of every edge that was counted for each of several applicants, in the order of the first one's: what came up
 * for some of them only is chance. Where a kind turns off the usual way, only what lies on its own. `leaseMs` is what holds
 * where no edge says more.
 */
export function casesOf(
  kind: Kind,
  [counted = [], ...others]: readonly (readonly TraceLine[])[],
  leaseMs: number,
): Case[] {
  const also = others.map((trace) => ownWay(kind, trace, leaseMs).map(({ kill }) => JSON.stringify(kill)));
  return ownWay(kind, counted, leaseMs).filter(({ kill }) =>
    also.every((kills) => kills.includes(JSON.stringify(kill))),
  );
}

function ownWay(kind: Kind, counted: readonly TraceLine[], leaseMs: number): Case[] {
  const since = turnOf(kind);
  const [begin, end] = since === undefined ? [0, counted.length] : between(kind, counted, since);
  let held = leaseMs;
  const all = counted.map(({ edge: name, side, leaseMs: written }, position) => {
    const edge = since === undefined ? name : plain(name);
    // A lease counts once it is written; whoever claims what was given back has it as long as any other.
    if (written !== undefined && side === 'after') held = written || leaseMs;
    const kill = { edge, nth: 1, side, ...(since === undefined ? {} : { since }) };
    return { kind, position, kill, leaseMs: held };
  });
  return all.slice(begin, end).map((each, position, own) => {
    const { edge, side } = each.kill;
    const earlier = own.slice(0, position).filter(({ kill }) => kill.edge === edge && kill.side === side);
    return { ...each, kill: { ...each.kill, nth: earlier.length + 1 } };
  });
}

/** From the turn until what was lost is written down, and the process goes on with it. */
function between(kind: Kind, counted: readonly TraceLine[], turn: string): [number, number] {
  const begin = afterTurn(counted, turn);
  const { lost } = kindOf(kind);
  // A late answer's owner writes what counts no more, and the new one goes another way to the end.
  if (lost === undefined || isLate(kind)) return [begin, counted.length];
  const repeat = `Postgres: write the intent of ${lost.step}`;
  const found = counted.findIndex(
    ({ edge, side, leaseMs = 0 }, position) =>
      position >= begin &&
      edge.startsWith('Postgres: write') &&
      side === 'after' &&
      leaseMs > 0 &&
      plain(edge) !== repeat,
  );
  return [begin, found === -1 ? counted.length : found + 1];
}

/** How often a command comes in, an onboarding is claimed for one, and its event is then published again, is chance. */
const isOfChance = /Kafka: send|from the outbox/u;
const isOfCommands = /command|claim what is due|former owner/u;
/** How a command comes in. */
const isIntake = /onboarding\.command|store a command/u;
const isRead = /^vault: read|read waiting|former owner/u;

/**
 * Leaves out what is only the same once more. Of many edges alike the first two and the last stay, of those of chance the
 * first; of commands' edges those of one kind of applicant, for commands know no kind; of what only reads the answer, for it has
 * no effect to be before. Of a kind that turns off, no command but the one that it turns with, and no logins.
 */
export function representative(cases: readonly Case[]): Case[] {
  const firstKind = cases.find((each) => !isOnItsWay(each))?.kind;
  return cases.filter((each) => {
    const { kind, kill } = each;
    const { edge, nth, side } = kill;
    if (side === 'before' && isReading(edge)) return false;
    if (isOnItsWay(each) ? isElsewhere(each) : isOfCommands.test(edge) && (nth > 1 || kind !== firstKind))
      return false;
    // Of two owners side by side the second one's edges come at their own time.
    if (isOfChance.test(edge) || isLate(kind)) return nth === 1;
    const alike = cases.filter(
      ({ kind: its, kill: other }) => its === kind && other.edge === edge && other.side === side,
    );
    return nth <= 2 || nth === alike.length;
  });
}

function isLate(kind: Kind): boolean {
  return kindOf(kind).lost?.lateUntil !== undefined;
}

function isElsewhere({ kind, kill: { edge, nth } }: Case): boolean {
  const comesByCommand = kind === 'unheard' || kindOf(kind).command !== undefined;
  return isLogin(edge) || (isIntake.test(edge) && (nth > 1 || !comesByCommand));
}

function isReading(edge: string): boolean {
  const operation = /^FinHub: (\w+),/u.exec(edge)?.[1];
  return operation === undefined ? isRead.test(edge) : effectOf(operation) === 'none';
}

/** Any process may take its applicant up: cases of other kinds die with the process that began. */
export function isOnItsWay({ kill }: Case): boolean {
  return kill.since !== undefined;
}

/**
 * A login is only made by a process that has none yet, and calls that fail for several applicants open the circuit of a
 * process: these cases need processes that have just started.
 */
export function needsFreshProcess(each: Case): boolean {
  return isLogin(each.kill.edge) || isOnItsWay(each);
}

/** Processes for each case. Where one stands still another must be awake. */
function besides([first]: readonly Case[], tries: number): number {
  return 2 ** (first !== undefined && isLate(first.kind) ? tries : tries - 1);
}

function isLogin(edge: string): boolean {
  return edge.includes('Session');
}

/**
 * Cases that die in the same round, one process each: those of fresh processes first, then by how long their lease is. Those that
 * may fall to the same process are fewer beside each other with each of the `tries`.
 */
export function roundsOf(cases: readonly Case[], seats: number, tries = 1): Case[][] {
  const groups = new Map<string, Case[]>();
  for (const each of cases) {
    const lease = String(each.leaseMs).padStart(9, '0');
    const key = `${needsFreshProcess(each) ? 0 : 1} ${isOnItsWay(each) ? each.kind : lease}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups]
    .sort(([one], [other]) => one.localeCompare(other))
    .flatMap(([, members]) => {
      const size = members.some(isOnItsWay) ? Math.ceil(seats / besides(members, tries)) : seats;
      const rounds = Math.ceil(members.length / size);
      return Array.from({ length: rounds }, (_, n) => members.slice(n * size, (n + 1) * size));
    });
}
