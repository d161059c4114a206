import { grouped } from './grouped.js';
import { judgeCommands } from './rules/commands.js';
import { judgeDeadLetters } from './rules/dead-letters.js';
import { judgeDoubts, judgeEvidence } from './rules/doubts.js';
import { judgeEffects } from './rules/effects.js';
import { judgeEnds } from './rules/ends.js';
import { judgeEventIds } from './rules/event-ids.js';
import { judgeNumbers } from './rules/numbers.js';
import { judgeParkings } from './rules/parkings.js';
import { judgePrivacy } from './rules/privacy.js';
import { judgeStates } from './rules/state-topic.js';
import { judgeUnasked } from './rules/unasked.js';
import type { Finding, Seen } from './seen.js';
import { standingOf } from './standing.js';
import { commandsOf, eventsOf, statesOf, storiesOf, type Story } from './story.js';

/** What the witness says. No finding: every promise was kept, as far as can be seen from outside. */
export interface Verdict {
  readonly findings: readonly Finding[];
  readonly figures: Figures;
}

/** What there was to see. */
export interface Figures {
  readonly requests: number;
  readonly commands: number;
  readonly records: number;
  /** Onboardings by how they stand: `activated`, `parked (in_doubt) at register`, ... */
  readonly standings: Readonly<Record<string, number>>;
  /** Onboardings that were in doubt at some time. */
  readonly inDoubt: number;
  /** Once-only effects at FinHub, and how many of them happened more than once. */
  readonly onceOnlyEffects: number;
  readonly doubled: number;
  /** Copies of events beyond the first. */
  readonly copies: number;
}

/** Judges by what is seen from outside alone; pure. */
export function judge(seen: Seen): Verdict {
  const events = eventsOf(seen.records);
  const stories = storiesOf(seen);
  const commands = commandsOf(seen.records);
  const findings = [
    ...judgeEnds(stories),
    ...judgeUnasked(stories, commands),
    ...judgeParkings(stories),
    ...judgeEffects(stories, seen.ledger),
    ...judgeNumbers(stories, seen.ledger),
    ...judgeEventIds(events, stories),
    ...judgeDoubts(stories, seen.doubtfulSteps),
    ...judgeEvidence(stories, commands),
    ...judgeCommands(events, seen.commands),
    ...judgePrivacy(seen.records, seen.canaries),
    ...judgeStates(stories, statesOf(seen.records)),
    ...judgeDeadLetters(seen.records),
  ];
  return { findings, figures: figuresOf(seen, stories) };
}

function figuresOf(seen: Seen, stories: readonly Story[]): Figures {
  const events = eventsOf(seen.records);
  const onceOnly = seen.ledger.filter(({ isOnceOnly }) => isOnceOnly);
  return {
    requests: seen.requests.length,
    commands: seen.commands.length,
    records: seen.records.length,
    standings: countBy(stories.map(labelOf)),
    inDoubt: stories.filter((story) => story.events.some(({ data }) => data['isInDoubt'] === true)).length,
    onceOnlyEffects: onceOnly.length,
    doubled: onceOnly.filter(({ count }) => count > 1).length,
    copies: events.length - new Set(events.map(({ id }) => id)).size,
  };
}

function labelOf(story: Story): string {
  const { state, code, step } = standingOf(story);
  return [state, ...(code ? [`(${code})`] : []), ...(step ? [`at ${step}`] : [])].join(' ');
}

function countBy(labels: readonly string[]): Record<string, number> {
  const groups = grouped(labels, (label) => label);
  const counts = [...groups].map(([label, its]) => [label, its.length] as const);
  return Object.fromEntries(counts.sort(([one], [other]) => one.localeCompare(other)));
}
