#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const program = new URL('dist/apps/cli/main.js', root);

if (existsSync(program)) {
  const { main } = await import(program.href);
  await main(fileURLToPath(root));
} else {
  process.stderr.write('onboard is not built yet: run `npm ci && npm run build` first, or `npm start`.\n');
  process.exitCode = 1;
}
