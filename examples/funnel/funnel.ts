import type { Envelope } from '#contracts/envelope.js';
import { journey } from '#contracts/journey.js';

/** What became of all onboardings that were seen, counted once each, whatever was published twice or replayed. */
export interface Funnel {
  /** Onboardings that were asked for, or of which anything else was seen (the intake forgets after 7 days). */
  readonly requested: number;
  /** Onboardings that have ever got so far, by fact. */
  readonly reached: Readonly<Record<Fact, number>>;
  /** How many stand where now; a replayed one counts as in progress, not as parked. */
  readonly now: Readonly<Record<Standing, number>>;
  /** Why, for the rejected and the parked: `rejected: verification_rejected` and how many. */
  readonly reasons: ReadonlyMap<string, number>;
  /** What would make naive counts wrong. */
  readonly noise: Readonly<
    Record<'duplicates' | 'replays' | 'failedAttempts' | 'waits' | 'refusedRequests', number>
  >;
}

const facts = ['registered', 'staffed', 'verified', 'consented', 'activated'] as const;
type Fact = (typeof facts)[number];
type Standing = 'activated' | 'rejected' | 'cancelled' | 'parked' | 'in progress';
const ends: readonly string[] = ['activated', 'rejected', 'cancelled'];

/** Counts events in any order and with any duplicates: the same events give the same funnel. */
export function funnel(events: Iterable<Envelope>): Funnel {
  const byId = new Map<string, Envelope>();
  let duplicates = 0;
  for (const event of events) {
    if (byId.has(event.id)) duplicates += 1;
    byId.set(event.id, event);
  }
  const unique = [...byId.values()];
  const onboardings = bySubject(unique.filter(isOfOnboarding));
  const latest = onboardings.map(latestOf);
  const count = (test: (event: Envelope) => boolean): number => unique.filter(test).length;
  return {
    requested: onboardings.length,
    reached: countsOf(
      facts,
      onboardings.flatMap((its) => facts.filter((fact) => its.some((event) => nameOf(event) === fact))),
    ),
    now: countsOf(['activated', 'rejected', 'cancelled', 'parked', 'in progress'], latest.map(standingOf)),
    reasons: reasonsOf(latest),
    noise: {
      duplicates,
      replays: new Set(unique.flatMap(({ replayof }) => replayof ?? [])).size,
      failedAttempts: count((event) => nameOf(event) === 'attempt' && dataOf(event)['kind'] === 'failed'),
      waits: count((event) => nameOf(event) === 'attempt' && dataOf(event)['kind'] === 'waiting'),
      refusedRequests: count((event) => nameOf(event) === 'refused'),
    },
  };
}

function bySubject(events: readonly Envelope[]): readonly (readonly Envelope[])[] {
  const groups = new Map<string, Envelope[]>();
  for (const event of events) groups.set(event.subject, [...(groups.get(event.subject) ?? []), event]);
  return [...groups.values()];
}

/** A refusal ends nothing and reserves no id; commands, dead letters and the state topic repeat or only ask. */
function isOfOnboarding(event: Envelope): boolean {
  return (
    ['requested', 'rejected', 'parked', 'cancelled', 'attempt', ...facts].includes(nameOf(event)) ||
    isResumed(event)
  );
}

/** A command that was applied to a parked onboarding takes it up again. */
function isResumed(event: Envelope): boolean {
  const { outcome, command } = dataOf(event);
  const resumes = ['replay', 'correct', 'resolve', 'approve'];
  return nameOf(event) === 'answered' && outcome === 'applied' && resumes.includes(String(command));
}

/** The last by stage of the journey and sequence, never by arrival; an end is the last whatever else there is. */
function latestOf(events: readonly Envelope[]): Envelope | undefined {
  return [...events].sort((a, b) => placeOf(a) - placeOf(b)).at(-1);
}

function placeOf(event: Envelope): number {
  if (ends.includes(nameOf(event))) return Number.MAX_SAFE_INTEGER;
  const stages: readonly string[] = journey[event.applicantkind];
  return stages.indexOf(event.stage) * 1e9 + (event.sequence ?? 0);
}

function standingOf(event: Envelope | undefined): Standing {
  const name = event === undefined ? '' : nameOf(event);
  return [...ends, 'parked'].includes(name) ? (name as Standing) : 'in progress';
}

function reasonsOf(latest: readonly (Envelope | undefined)[]): ReadonlyMap<string, number> {
  const reasons = new Map<string, number>();
  for (const event of latest) {
    if (event === undefined || !['rejected', 'parked'].includes(nameOf(event))) continue;
    const reason = `${nameOf(event)}: ${String(dataOf(event)['code'])}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return new Map([...reasons].sort(([a], [b]) => a.localeCompare(b)));
}

function countsOf<Name extends string>(names: readonly Name[], found: readonly Name[]): Record<Name, number> {
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  for (const name of found) counts[name] += 1;
  return counts;
}

/** `onboarding.registered.v1` is `registered`. */
function nameOf({ type }: Envelope): string {
  return type.split('.')[1] ?? type;
}

function dataOf({ data }: Envelope): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
}
