import type { ApplicantKind, Stage } from '#contracts/contract.js';
import { journey } from '#contracts/journey.js';
import type { End } from './registers.js';
import type { TrackedState } from './standing.rules.js';

/** How many onboardings are alike in what a funnel asks. */
export interface Counted {
  readonly applicantKind: ApplicantKind;
  readonly stage: string;
  readonly state: TrackedState;
  /** How it ended, also where it was erased later. */
  readonly outcome: End['state'] | null;
  readonly isReplayed: boolean;
  readonly count: number;
}

/** A stage of the funnel: `reached` = `passed` + `rejected` + `cancelled` + `parked` + `underWay`. */
export interface FunnelStage {
  readonly stage: Stage;
  readonly reached: number;
  readonly passed: number;
  readonly rejected: number;
  readonly cancelled: number;
  readonly parked: number;
  readonly underWay: number;
}

/** What became of the onboardings of one kind of applicant. Each counts once, however often it was replayed. */
export interface Funnel {
  readonly admitted: number;
  readonly activated: number;
  readonly rejected: number;
  readonly cancelled: number;
  /** Those of `admitted` that a command took up again at least once. */
  readonly replayed: number;
  readonly stages: readonly FunnelStage[];
}

/** The funnel of each kind of applicant. Requests that were refused were never admitted, and are not in it. */
export function funnelsOf(counted: readonly Counted[]): Record<ApplicantKind, Funnel> {
  const admitted = counted.filter(({ state }) => state !== 'refused');
  return { individual: funnelOf(admitted, 'individual'), organization: funnelOf(admitted, 'organization') };
}

/** Onboardings per stage and state, of both kinds. */
export function countsOf(
  counted: readonly Counted[],
): { readonly stage: string; readonly state: TrackedState; readonly count: number }[] {
  const sums = new Map<string, { stage: string; state: TrackedState; count: number }>();
  for (const { stage, state, count } of counted) {
    const sum = sums.get(`${stage}/${state}`) ?? { stage, state, count: 0 };
    sums.set(`${stage}/${state}`, { ...sum, count: sum.count + count });
  }
  return [...sums.values()].sort((a, b) => a.stage.localeCompare(b.stage) || a.state.localeCompare(b.state));
}

function funnelOf(counted: readonly Counted[], kind: ApplicantKind): Funnel {
  const own = counted.filter(({ applicantKind }) => applicantKind === kind);
  const ended = (outcome: End['state']) => sum(own.filter((row) => row.outcome === outcome));
  return {
    admitted: sum(own),
    activated: ended('activated'),
    rejected: ended('rejected'),
    cancelled: ended('cancelled'),
    replayed: sum(own.filter(({ isReplayed }) => isReplayed)),
    stages: journey[kind].map((stage) => stageOf(own, kind, stage)),
  };
}

function stageOf(own: readonly Counted[], kind: ApplicantKind, stage: Stage): FunnelStage {
  const stages: readonly string[] = journey[kind];
  const place = stages.indexOf(stage);
  const here = own.filter((row) => row.stage === stage);
  const rejected = sum(here.filter(({ outcome }) => outcome === 'rejected'));
  const cancelled = sum(here.filter(({ outcome }) => outcome === 'cancelled'));
  const parked = sum(here.filter(({ state }) => state === 'parked'));
  const beyond = sum(own.filter((row) => stages.indexOf(row.stage) > place));
  const activated = sum(here.filter(({ outcome }) => outcome === 'activated'));
  const reached = beyond + sum(here);
  const passed = beyond + activated;
  const underWay = reached - passed - rejected - cancelled - parked;
  return { stage, reached, passed, rejected, cancelled, parked, underWay };
}

function sum(rows: readonly Counted[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}
