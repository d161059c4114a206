import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root: the nearest folder above this file with a package.json, from `dist/` as from the sources. */
export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The one git-ignored folder that everything the tools make lies in. */
export const stateDirectory = join(projectRoot, '.onboarding');

function findRoot(directory: string): string {
  return existsSync(join(directory, 'package.json')) ? directory : findRoot(dirname(directory));
}
