import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../local/project-root.js';
import type { DoubtfulStep } from './seen.js';

const stageColumn = 0;
const stepColumn = 1;
const doubtColumn = 6;

/** The steps of docs/finhub-effects.md that may be in doubt: those whose last column does not begin with "never". */
export function doubtfulSteps(): DoubtfulStep[] {
  const page = readFileSync(join(projectRoot, 'docs', 'finhub-effects.md'), 'utf8');
  const [table = ''] = page.split('\n## ');
  return table
    .split('\n')
    .filter((line) => line.startsWith('|') && line.includes('`'))
    .map((line) =>
      line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => !cells[doubtColumn]?.startsWith('never'))
    .map((cells) => ({
      stage: cells[stageColumn] ?? '',
      step: (cells[stepColumn] ?? '').replaceAll('`', ''),
    }));
}
