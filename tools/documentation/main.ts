import { writeFile } from 'node:fs/promises';
import { operationsFile, operationsPage } from './operations-page.js';

/** `node dist/tools/documentation/main.js`: brings the generated tables of `docs/operations.md` up to date. */
await writeFile(operationsFile, await operationsPage());
console.log('Wrote docs/operations.md.');
