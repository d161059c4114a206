import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '#contracts/generate/repository-root.js';
import { applicantsFile } from './applicants/file.js';

/** `node dist/examples/make-applicants.js`: writes `examples/applicants.jsonl`. */
await writeFile(join(repositoryRoot, 'examples', 'applicants.jsonl'), applicantsFile());
