import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../local/project-root.js';

const run = promisify(execFile);

/** What a new API key is for. */
export interface WantedKey {
  /** `*`: of every tenant, for ops. */
  readonly tenantId: string;
  /** Unique within the tenant. */
  readonly name: string;
  readonly scopes: string;
}

/** Makes an API key with the gateway's own command; `settings` are the gateway's. */
export async function makeApiKey(
  wanted: WantedKey,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const command = [join(projectRoot, 'dist', 'apps', 'gateway', 'keys.js'), 'create'];
  const options = ['--tenant', wanted.tenantId, '--name', wanted.name, '--scopes', wanted.scopes];
  const { stdout } = await run(process.execPath, [...command, ...options], {
    env: { PATH: process.env['PATH'], ...settings, LOG_LEVEL: 'silent' },
  });
  return stdout.trim();
}
