import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './install.mjs';

const sources = ['apps', 'libs', 'tools', 'examples'];
const settings = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const fingerprintFile = join(root, 'dist', '.sources');

/** Compiles the sources to `dist/` when they changed since the last time. Ends the process when they do not compile. */
export function ensureBuilt() {
  const fingerprint = fingerprintOfSources();
  if (existsSync(fingerprintFile) && readFileSync(fingerprintFile, 'utf8') === fingerprint) return;
  console.log('Building.');
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  // What tsc remembers lies beside what it made: only what depends on a change is compiled again.
  const memory = ['--incremental', '--tsBuildInfoFile', join(root, 'dist', '.tsbuildinfo')];
  const args = [compiler, '-p', join(root, 'tsconfig.build.json'), '--noEmitOnError', ...memory];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(fingerprintFile, fingerprint);
}

function fingerprintOfSources() {
  const hash = createHash('sha256');
  for (const file of [...settings, ...sources.flatMap(typescriptIn)]) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function typescriptIn(folder) {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const isBuilt = (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts');
  return names
    .filter(isBuilt)
    .map((name) => join(folder, name))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureBuilt();
