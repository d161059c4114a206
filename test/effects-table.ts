import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../tools/local/project-root.js';

/** A row of the first table of `docs/finhub-effects.md`. */
export interface EffectRow {
  readonly stage: string;
  /** The step's name, `<n>` for a position. */
  readonly name: string;
  readonly kind: string;
  readonly operations: readonly string[];
  readonly find: string;
}

/** Every step, with what the page says of it. */
export function readEffectsTable(): EffectRow[] {
  const page = readFileSync(join(projectRoot, 'docs/finhub-effects.md'), 'utf8');
  const [table = ''] = page.split('## What a failed call means');
  return table
    .split('\n')
    .filter((line) => line.startsWith('|') && line.includes('`'))
    .map((line) => {
      const [stage = '', step = '', called = '', kind = '', , find = ''] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      return { stage, name: quoted(step)[0] ?? step, operations: quoted(called), kind, find };
    });
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/gu)].map(([, text]) => text ?? '');
}
