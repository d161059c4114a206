// `npm run chaos`: nothing needs to be done before it.
import { ensureBuilt } from './bootstrap/build.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';

ensureInstalled();
ensureBuilt();
await import('../dist/tools/chaos/main.js');
