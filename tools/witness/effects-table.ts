import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../local/project-root.js';
import type { DoubtfulStep } from './seen.js';

/** A row of the first table of `docs/finhub-effects.md`. */
export interface EffectRow {
  readonly stage: string;
  /** The step's name, `<n>` for a position. */
  readonly name: string;
  readonly kind: string;
  readonly operations: readonly string[];
  readonly find: string;
  /** What tells of a call whose answer was lost: a `look-up`, or nothing but a `webhook`; `-` where it is called again. */
  readonly toldBy: string;
}

/** Every step, with what the page says of it. */
export function readEffectsTable(): EffectRow[] {
  const page = readFileSync(join(projectRoot, 'docs/finhub-effects.md'), 'utf8');
  const [table = ''] = page.split('## What a failed call means');
  return table
    .split('\n')
    .filter((line) => line.startsWith('|') && line.includes('`'))
    .map((line) => {
      const [stage = '', step = '', called = '', kind = '', , find = '', toldBy = ''] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      return { stage, name: quoted(step)[0] ?? step, operations: quoted(called), kind, find, toldBy };
    });
}

/** The steps of which nothing but a webhook tells: they are in doubt without it. */
export function doubtfulSteps(): DoubtfulStep[] {
  return readEffectsTable()
    .filter(({ toldBy }) => toldBy === 'webhook')
    .map(({ stage, name }) => ({ stage, step: name }));
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/gu)].map(([, text]) => text ?? '');
}
