import type { MatrixResult } from './matrix.js';

/** What a run came to, in sentences; `minutes` is how long it took. */
export function summaryOf({ deaths, missed, verdict, stages }: MatrixResult, minutes: number): string[] {
  const { figures, findings } = verdict;
  const standings = Object.entries(figures.standings).map(([label, count]) => `${count} ${label}`);
  const attempts = stages.flatMap((stage) => stage.attempts).length;
  return [
    `${deaths} cases in ${attempts} deaths and ${minutes.toFixed(0)} minutes; ${figures.requests} applicants: ${standings.join(', ')}.`,
    `The witness has ${findings.length === 0 ? 'nothing to say against it' : `${findings.length} findings`}: ${figures.onceOnlyEffects} once-only effects at FinHub, ${figures.doubled} of them doubled; ${figures.inDoubt} onboardings were in doubt at some time; ${figures.copies} copies of events, each with the id of its first.`,
    ...(missed.length === 0 ? [] : [`${missed.length} cases did not come up: ${missed.join('; ')}.`]),
  ];
}
