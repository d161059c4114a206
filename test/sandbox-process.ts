import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FinhubTenantSettings } from '#finhub-client/settings.js';

/** A sandbox in a process of its own, and the settings of its tenant. */
export interface SandboxProcess {
  readonly settings: FinhubTenantSettings;
  close(): Promise<void>;
}

const secrets = {
  adminUsername: 'admin@bank.test',
  adminPassword: 'Bank-Admin-01',
  tenantKey: 'bank-tenant-key',
  tenantSecret: 'bank-tenant-secret',
};
const ids = {
  tenantId: '5a2f9c1e-7b3d-4e6a-8c10-9d4b2e7f6a01',
  organizationId: '5a2f9c1e-7b3d-4e6a-8c10-9d4b2e7f6a02',
  adminUserId: '5a2f9c1e-7b3d-4e6a-8c10-9d4b2e7f6a03',
};
const alias = 'fh_api_bank';

/** Starts the built sandbox on a free port, told by `env` beyond its tenant and short delays. */
export async function startSandbox(env: Readonly<Record<string, string>> = {}): Promise<SandboxProcess> {
  const child = fork(join('dist', 'apps', 'sandbox', 'main.js'), {
    env: {
      ...process.env,
      ...quick,
      SANDBOX_TENANTS: JSON.stringify([{ ...ids, ...secrets, alias }]),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [ready] = (await Promise.race([once(child, 'message'), exited])) as [{ port?: number } | null];
  if (typeof ready?.port !== 'number')
    throw new Error('the sandbox ended: build it first with npm run build');
  return {
    settings: {
      ...ids,
      ...secrets,
      tenantHeader: alias,
      baseUrl: `http://127.0.0.1:${ready.port}`,
      verificationCall: 'verifications',
      approval: 'auto',
    },
    close: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const quick = {
  PORT: '0',
  LOG_LEVEL: 'silent',
  SANDBOX_WALLET_DELAY_MS: '50',
  SANDBOX_ACTIVATION_DELAY_MS: '50',
  SANDBOX_ADMIN_LOGIN_DELAY_MS: '50',
};
