/**
 * How an action went, and in a few words why. `in vain`: there was nothing to do it to, and the pipeline noticed nothing of
 * it. `failed`: the tool could not do it, or not take it back; that is a finding, of the tool.
 */
export interface Outcome {
  readonly how: 'done' | 'in vain' | 'failed';
  readonly told: string;
}

export const done = (told: string): Outcome => ({ how: 'done', told });
export const inVain = (told: string): Outcome => ({ how: 'in vain', told });
export const failed = (told: string): Outcome => ({ how: 'failed', told });

/** In a line of the report. */
export function tellOutcome({ how, told }: Outcome): string {
  return how === 'done' ? told : `${how}: ${told}`;
}
