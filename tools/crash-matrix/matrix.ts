import type { Stage } from '#contracts/contract.js';
import type { Verdict } from '../witness/verdict.js';
import { Applicants } from './applicants.js';
import type { MatrixArguments } from './arguments.js';
import { deathOf, type Attempt } from './attempt.js';
import type { Case } from './cases.js';
import { goesThrough } from './kinds.js';
import type { StageResult } from './page.js';
import { StageMatrix, triesMax } from './stage-matrix.js';
import type { World } from './world.js';

/** What a matrix came to. */
export interface MatrixResult {
  readonly stages: readonly StageResult[];
  /** Cases that came up: their process died, and was started again. */
  readonly deaths: number;
  /** Cases whose edge was not reached in any try, in a sentence each. */
  readonly missed: readonly string[];
  /** Applicants who did not come to the end of their kind, in a sentence each. */
  readonly wrongEnds: readonly string[];
  readonly verdict: Verdict;
}

type Say = (line: string) => void;

/** Where a run tells how it goes on. */
export interface Audience {
  readonly say: Say;
  /** Called after each stage, with all that is known by then. */
  readonly onStage: (stages: readonly StageResult[]) => Promise<void>;
}

/** Runs the wanted part of the matrix in a world that has started, stage by stage, and has the witness judge it. */
export async function runMatrix(
  world: World,
  wanted: MatrixArguments,
  { say, onStage }: Audience,
): Promise<MatrixResult> {
  const applicants = new Applicants(world.access.tenantId, world.partitions);
  const stages: StageResult[] = [];
  const missed: string[] = [];
  const wrongEnds: string[] = [];
  let deaths = 0;
  for (const stage of stagesOf(wanted)) {
    const matrix = new StageMatrix({ world, stage, applicants, wanted, say });
    const cases = await matrix.count();
    say(`${stage}: ${cases.length} cases.`);
    const attempts = await matrix.run(cases);
    const died = new Set(attempts.filter((each) => deathOf(each) !== undefined).map((each) => each.case));
    deaths += died.size;
    missed.push(...cases.filter((each) => !died.has(each)).map((each) => tellMissed(stage, each)));
    wrongEnds.push(...attempts.flatMap((each) => tellWrongEnd(stage, each)));
    stages.push({ stage, attempts, undisturbed: matrix.undisturbed });
    await onStage(stages);
    await world.staff(stage, 1);
  }
  return { stages, deaths, missed, wrongEnds, verdict: await world.judge() };
}

/** The wanted stages through which somebody has a way of its own. */
function stagesOf({ stages, kinds }: MatrixArguments): Stage[] {
  return stages.filter((stage) => kinds.some((kind) => goesThrough(kind, stage)));
}

/** Prints what the cases would be. */
export async function listCases(world: World, wanted: MatrixArguments, say: Say): Promise<void> {
  const applicants = new Applicants(world.access.tenantId, world.partitions);
  for (const stage of stagesOf(wanted)) {
    const cases = await new StageMatrix({ world, stage, applicants, wanted, say }).count();
    for (const each of cases) say(nameOf(stage, each));
    say(`${stage}: ${cases.length} cases.`);
    await world.staff(stage, 1);
  }
}

function tellMissed(stage: Stage, each: Case): string {
  return `${nameOf(stage, each)}: it did not come up in ${triesMax} tries.`;
}

function tellWrongEnd(stage: Stage, { case: its, applicant, state }: Attempt): string[] {
  const { onboardingId, expectedEnd } = applicant;
  if (state === expectedEnd) return [];
  return [`${nameOf(stage, its)}: ${onboardingId} should be ${expectedEnd} and is ${state}.`];
}

function nameOf(stage: Stage, { kind, kill: { edge, nth, side } }: Case): string {
  return `${stage}, ${kind}, ${side} ${edge}${nth === 1 ? '' : ` (${nth})`}`;
}
