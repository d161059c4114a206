import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedFiles } from './files.js';
import { repositoryRoot } from './repository-root.js';

/** `node dist/libs/contracts/generate/main.js`: writes the documentation that is made from the contracts. */
const schemasFolder = join(repositoryRoot, 'docs', 'schemas');
await mkdir(schemasFolder, { recursive: true });
const files = await generatedFiles();
for (const name of await readdir(schemasFolder)) {
  if (!files.has(`docs/schemas/${name}`)) await rm(join(schemasFolder, name));
}
for (const [path, text] of files) await writeFile(join(repositoryRoot, path), text);
process.stdout.write(`Wrote ${String(files.size)} files under docs/.\n`);
