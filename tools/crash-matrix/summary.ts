import type { MatrixResult } from './matrix.js';

/** What a run came to, in sentences; `minutes` is how long it took. */
export function summaryOf(result: MatrixResult, minutes: number): string[] {
  const { deaths, verdict, stages } = result;
  const { figures, findings } = verdict;
  const standings = Object.entries(figures.standings).map(([label, count]) => `${count} ${label}`);
  const attempts = stages.flatMap((stage) => stage.attempts).length;
  return [
    `${deaths} cases in ${attempts} deaths and ${minutes.toFixed(0)} minutes; ${figures.requests} applicants: ${standings.join(', ')}.`,
    `The witness has ${findings.length === 0 ? 'nothing to say against it' : `${findings.length} findings`}: ${figures.onceOnlyEffects} once-only effects at FinHub, ${figures.doubled} of them doubled; ${figures.inDoubt} onboardings were in doubt at some time; ${figures.copies} copies of events, each with the id of its first${commandsTold(figures.commands)}.`,
    ...shortcomingsOf(result),
  ];
}

/** Why a run is no success, in a sentence each; none: every case came up, and every promise was kept. */
export function shortcomingsOf({ deaths, missed, wrongEnds, verdict }: MatrixResult): string[] {
  return [
    ...(deaths === 0 ? ['No process died: nothing was tried.'] : []),
    ...verdict.findings.map(({ rule, sentence }) => `${rule}: ${sentence}`),
    ...wrongEnds,
    ...missed,
  ];
}

function commandsTold(commands: number): string {
  return commands === 0 ? '' : `; ${commands} commands were given`;
}
