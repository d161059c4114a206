// `npm run generated:check`: is every generated file as the sources make it? What was not, is afterwards.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/install.mjs';

const places = ['docs', 'examples', 'libs/finhub-client/openapi-types.ts'];

const before = hashes();
const { status } = spawnSync('npm', ['run', '--silent', 'generate'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
const after = hashes();
const stale = [...new Set([...before.keys(), ...after.keys()])].filter(
  (file) => before.get(file) !== after.get(file),
);
for (const file of stale) console.error(`${file} was not current; it is now: commit it.`);
process.exit(stale.length === 0 ? 0 : 1);

function hashes() {
  return new Map(places.flatMap(filesIn).map((file) => [file, hashOf(join(root, file))]));
}

function filesIn(place) {
  if (statSync(join(root, place)).isFile()) return [place];
  return readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
    .map((name) => join(place, name))
    .filter((file) => statSync(join(root, file)).isFile());
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
