import { join } from 'node:path';
import { format } from 'prettier';
import type { Stage } from '#contracts/contract.js';
import { table } from '../documentation/markdown.js';
import { projectRoot } from '../local/project-root.js';
import { stageServices } from '../setup/services.js';
import { aftermathOf } from './aftermath.js';
import { deathOf, isDisturbed, type Attempt } from './attempt.js';
import { usualKinds } from './kinds.js';
import type { Side, TraceLine } from './trace.js';

/** Where the table lies. */
export const pageFile = join(projectRoot, 'docs', 'crash-matrix.md');

/** What one stage's cases came to. */
export interface StageResult {
  readonly stage: Stage;
  readonly attempts: readonly Attempt[];
  readonly undisturbed: ReadonlyMap<string, readonly TraceLine[]>;
}

/** What the whole run came to, in sentences for the head of the page. */
export interface RunFigures {
  readonly summary: readonly string[];
}

interface Row {
  readonly edge: string;
  readonly kind: string;
  readonly position: number;
  readonly cells: Map<Side, Cell>;
}

interface Cell {
  readonly how: string;
  readonly seconds: string;
}

/** The text of `docs/crash-matrix.md`. */
export function page(results: readonly StageResult[], { summary }: RunFigures): Promise<string> {
  const stages = [...results].sort((one, other) => orderOf(one) - orderOf(other));
  const parts = [head, summary.map((line) => `- ${line}`).join('\n'), ...stages.map(sectionOf)];
  return format(parts.join('\n\n'), {
    filepath: pageFile,
    singleQuote: true,
    printWidth: 110,
    trailingComma: 'all',
  });
}

const head = `# A process dies at every edge

This file is made by \`npm run crash-matrix\`: do not edit it. Each cell is a run of its own: a process of the stage was killed with
SIGKILL at that edge of one applicant, before or after the edge's effect, and started again. A hook that is loaded before the
service's own program wraps pg, kafkajs and undici ([tools/crash-matrix/hook](../tools/crash-matrix/hook)); nothing for it stands in the
services. The cells say what could be seen then, and how long it took until somebody went on. Whether all ended as they should is
the witness's word ([tools/witness](../tools/witness)), by the topics, FinHub's ledger and the acknowledged requests.

What \`before\` and \`after\` mean: of a statement, a send or an offset commit, before it is sent, and when its answer has come but nobody in the
process has read it. Of a request to FinHub, before its first byte is written, and after its last. Of FinHub's answer, when its
first byte has come, and when it is complete; both are the lost answer of a call that has happened. A fetch, a claim and a sweep are known
to be of an applicant by their answer only, so they have no \`before\`.

No edges are: health checks, heartbeats, joins of the group, fetches, claims and sweeps that bring nothing, housekeeping (what is due is
counted, tables are pruned), and \`begin\`, \`rollback\` and \`set_config\`, which have no effect of their own. What only reads has no effect to be
before and is tried once, when its answer has come. Of more than three edges alike (documents, consents) the first two and the last are
tried; of commands the first, with one kind of applicant. \`--every\` tries all. Applicants are individuals and organizations who are activated.

By \`--kind\`, into a table of its own, also who goes another way: in verification one whom FinHub rejects (rejected), and one whom ops cancel while
FinHub has not decided (cancelled). \`--kind lost\` is all whose answer is lost, each in its stage and from the loss until what was found is written down: a registration that a webhook
tells of (unheard), and one of which nothing ever tells (doubtful), who is parked in doubt; an employee, a director, a shareholder, a verification, a document, an activation (lost-employee, ...);
and an answer that its process holds until its lease has passed to another (late). So whoever looks for what was lost dies at each edge too.

A run fails where the witness has a finding, an applicant comes to another end than its kind's, or a case does not come up in three tries: commands come by Kafka, at
their own time, and another case's death may come between.`;

function sectionOf({ stage, attempts, undisturbed }: StageResult): string {
  const rows = new Map<string, Row>();
  const good = attempts.filter((attempt) => deathOf(attempt) !== undefined);
  // The best attempt of a case comes last, and stays.
  const sorted = [...good].sort((one, other) => rank(one, attempts) - rank(other, attempts));
  for (const attempt of sorted) {
    const { kind, kill, position } = attempt.case;
    const edge = kill.nth === 1 ? kill.edge : `${kill.edge} (${kill.nth})`;
    const key = `${kind} ${edge}`;
    const row = rows.get(key) ?? { edge, kind, position, cells: new Map<Side, Cell>() };
    rows.set(key, row);
    row.cells.set(kill.side, cellOf(attempt, undisturbed.get(kind) ?? []));
  }
  const lines = merged([...rows.values()].sort((one, other) => one.position - other.position));
  return `## ${stage}\n\n${table(['edge', 'applicant', 'killed before it', 's', 'killed after it', 's'], lines)}`;
}

/** An undisturbed attempt tells more. */
function rank(attempt: Attempt, all: readonly Attempt[]): number {
  return isDisturbed(attempt, all) ? 0 : 1;
}

function cellOf({ trace, state, applicant }: Attempt, undisturbed: readonly TraceLine[]): Cell {
  const { afterMs, how } = aftermathOf(trace, undisturbed);
  return {
    how: state === applicant.expectedEnd ? how : `${how}; **${state}**`,
    seconds: afterMs === undefined ? '-' : (afterMs / 1000).toFixed(1),
  };
}

/** Rows of several kinds of applicants that say the same are one. */
function merged(rows: readonly Row[]): string[][] {
  const byText = new Map<string, { kinds: string[]; row: Row }>();
  for (const row of rows) {
    const text = [row.edge, row.cells.get('before')?.how, row.cells.get('after')?.how].join('|');
    const entry = byText.get(text) ?? { kinds: [], row };
    entry.kinds.push(row.kind);
    byText.set(text, entry);
  }
  return [...byText.values()].map(({ kinds, row }) => [
    row.edge,
    tellKinds(kinds),
    ...(['before', 'after'] as const).flatMap((side) => {
      const cell = row.cells.get(side);
      return [cell?.how ?? '', cell?.seconds ?? ''];
    }),
  ]);
}

function tellKinds(kinds: readonly string[]): string {
  const usual: readonly string[] = usualKinds;
  const others = kinds.filter((kind) => !usual.includes(kind));
  const isBoth = usual.every((kind) => kinds.includes(kind));
  return (isBoth ? ['both', ...others] : kinds).join(', ');
}

function orderOf({ stage }: StageResult): number {
  return stageServices.indexOf(stage);
}
