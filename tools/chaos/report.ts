import { grouped } from '../witness/grouped.js';
import type { Finding } from '../witness/seen.js';
import type { Figures } from '../witness/verdict.js';
import { kindOf, tellAction, type Scheduled } from './action.js';
import type { ChaosArguments } from './arguments.js';
import { chaosTimes } from './finhub-faults.js';
import { tellOutcome, type Outcome } from './outcome.js';

/** An action of the schedule, and how it went. */
export interface Happened {
  readonly atMs: number;
  readonly action: Scheduled;
  readonly outcome: Outcome;
  readonly tookMs: number;
}

/** How many actions of a kind were scheduled, and how many of them were done, not in vain and not failed. */
export interface Tally {
  readonly scheduled: number;
  readonly applied: number;
}

/** All that a run has to say. */
export interface ChaosReport {
  readonly arguments: ChaosArguments;
  readonly startedAt: string;
  readonly findings: readonly Finding[];
  readonly figures: Figures & {
    /** By kind. */
    readonly actions: Readonly<Record<string, Tally>>;
    /** From the end of all faults until nothing moved. */
    readonly settledAfterMs: number;
    readonly replayedAtEnd: number;
    /** From a kill until the process was ready again, the longest. */
    readonly longestOutageMs: number;
    readonly unacknowledged: number;
    /** How long FinHub's stand-in was behind at most: beyond time limit and settle time nothing is promised. */
    readonly finhubBehindMs: number;
  };
  readonly happened: readonly Happened[];
  /** What the supervisor told: which processes ended when. */
  readonly lines: readonly string[];
}

/** By kind, in alphabetical order. */
export function talliesOf(happened: readonly Happened[]): Record<string, Tally> {
  const kinds = grouped(happened, ({ action }) => kindOf(action));
  const tallies = [...kinds].map(([kind, its]) => {
    const applied = its.filter(({ outcome }) => outcome.how === 'done').length;
    return [kind, { scheduled: its.length, applied }] as const;
  });
  return Object.fromEntries(tallies.sort(([one], [other]) => one.localeCompare(other)));
}

/** What the tool could not do, or not take back: then the verdict is of another run than the one that was wanted. */
export function failuresOf(happened: readonly Happened[]): Finding[] {
  return happened
    .filter(({ outcome }) => outcome.how === 'failed')
    .map(({ atMs, action, outcome }) => ({
      rule: 'tool',
      sentence: `At ${seconds(atMs)} s the tool failed at ${tellAction(action)}: ${outcome.told}`,
    }));
}

const settledWithinMs = chaosTimes.callLimitMs + chaosTimes.settleMs;

/** The verdict, in a few lines for the terminal. */
export function verdictLines({ findings, figures }: ChaosReport): string[] {
  const standings = Object.entries(figures.standings).map(([label, count]) => `  ${count} ${label}`);
  return [
    `${figures.requests} requests and ${figures.commands} commands were acknowledged; the onboardings stand so:`,
    ...standings,
    `FinHub: ${figures.onceOnlyEffects} once-only effects, ${figures.doubled} doubled. In doubt at some time: ${figures.inDoubt}.`,
    `Settled ${(figures.settledAfterMs / 1_000).toFixed(0)} s after the last fault; ${figures.replayedAtEnd} were replayed, resumed or resolved for it.`,
    `FinHub's stand-in was ${(figures.finhubBehindMs / 1_000).toFixed(1)} s behind at most; a call has ${settledWithinMs / 1_000} s with its settle time.`,
    'Faults and commands that were applied, of those that were scheduled:',
    ...tallyLines(figures.actions),
    ...findings.map(({ rule, sentence }) => `FOUND ${rule}: ${sentence}`),
    findings.length === 0 ? 'Every promise was kept.' : `${findings.length} findings.`,
  ];
}

/** A line for each family of kinds, e.g. for those of FinHub. */
function tallyLines(actions: Readonly<Record<string, Tally>>): string[] {
  const told = Object.entries(actions).map(([kind, { applied, scheduled }]) => {
    const [family = '', name] = kind.split(' ');
    return {
      family: name === undefined ? '' : `${family}: `,
      text: `${name ?? family} ${applied}/${scheduled}`,
    };
  });
  const families = grouped(told, ({ family }) => family);
  return [...families].map(([family, its]) => `  ${family}${its.map(({ text }) => text).join(', ')}`);
}

/** The report to read. */
export function toMarkdown(report: ChaosReport): string {
  const { seed, lengthMs, rate, replicas } = report.arguments;
  const happened = report.happened.map(
    ({ atMs, action, outcome, tookMs }) =>
      `| ${seconds(action.atMs)} | ${seconds(atMs)} | ${tellAction(action)} | ${tellOutcome(outcome)} | ${seconds(tookMs)} |`,
  );
  return `${[
    `# Chaos, seed ${seed}`,
    `${report.startedAt}: ${lengthMs / 60_000} minutes of faults, ${rate} requests in a second, ${replicas} processes of each stage.`,
    '## Verdict',
    verdictLines(report)
      .map((line) => `- ${line.trim()}`)
      .join('\n'),
    '## What happened',
    [
      '| planned (s) | done (s) | what | how it went | took (s) |',
      '| ---: | ---: | --- | --- | ---: |',
      ...happened,
    ].join('\n'),
    '## Processes',
    report.lines.map((line) => `- ${line}`).join('\n'),
  ].join('\n\n')}\n`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
