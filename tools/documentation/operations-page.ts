import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { projectRoot } from '../local/project-root.js';
import { fillIn } from './markdown.js';
import { metricsTable } from './metrics-table.js';
import { settingsTable, tenantTable } from './settings-table.js';

/** Where the page lies. */
export const operationsFile = join(projectRoot, 'docs', 'operations.md');

/** The text of `docs/operations.md`: what people wrote, with the tables of settings and metrics made anew. */
export async function operationsPage(): Promise<string> {
  const written = await readFile(operationsFile, 'utf8');
  const tables = { settings: await settingsTable(), tenants: tenantTable(), metrics: await metricsTable() };
  const filled = Object.entries(tables).reduce((page, [name, text]) => fillIn(page, name, text), written);
  return format(filled, {
    filepath: operationsFile,
    singleQuote: true,
    printWidth: 110,
    trailingComma: 'all',
  });
}
