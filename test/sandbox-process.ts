import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FinhubTenantSettings } from '#finhub-client/settings.js';

/** A sandbox in a process of its own, and the settings of its two tenants. */
export interface SandboxProcess {
  readonly settings: FinhubTenantSettings;
  readonly secondSettings: FinhubTenantSettings;
  close(): Promise<void>;
}

const [bank, lender] = [tenantNamed('bank', 'a'), tenantNamed('lender', 'b')];

/** Starts the built sandbox on a free port, told by `env` beyond its tenants and short delays. */
export async function startSandbox(env: Readonly<Record<string, string>> = {}): Promise<SandboxProcess> {
  const child = fork(join('dist', 'apps', 'sandbox', 'main.js'), {
    env: {
      ...process.env,
      ...quick,
      SANDBOX_TENANTS: JSON.stringify([bank, lender]),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [ready] = (await Promise.race([once(child, 'message'), exited])) as [{ port?: number } | null];
  if (typeof ready?.port !== 'number')
    throw new Error('the sandbox ended: build it first with npm run build');
  return {
    settings: settingsOf(bank, ready.port),
    secondSettings: settingsOf(lender, ready.port),
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

/** As the sandbox is told of it; `digit` makes its ids its own. */
function tenantNamed(name: string, digit: string) {
  return {
    tenantId: `5a2f9c1e-7b3d-4e6a-8c10-9d4b2e7f6${digit}01`,
    organizationId: `5a2f9c1e-7b3d-4e6a-8c10-9d4b2e7f6${digit}02`,
    adminUserId: `5a2f9c1e-7b3d-4e6a-8c10-9d4b2e7f6${digit}03`,
    adminUsername: `admin@${name}.test`,
    adminPassword: `${name}-Admin-01`,
    tenantKey: `${name}-tenant-key`,
    tenantSecret: `${name}-tenant-secret`,
    alias: `fh_api_${name}`,
  };
}

function settingsOf({ alias, ...own }: ReturnType<typeof tenantNamed>, port: number): FinhubTenantSettings {
  return {
    ...own,
    tenantHeader: alias,
    baseUrl: `http://127.0.0.1:${port}`,
    verificationCall: 'verifications',
    approval: 'auto',
  };
}
