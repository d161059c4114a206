import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ProcessHost } from '#platform/shutdown.js';
import { startService } from '#platform/service.js';
import { sandboxService } from '../sandbox.service.js';

/** A sandbox that listens in this process. */
export interface RunningSandbox {
  readonly baseUrl: string;
  /** All that it serves, as Express has it: `GET /api/v2.1/verifications/:verificationId`. */
  readonly routes: readonly string[];
  close(): Promise<void>;
}

/** Delays that let a spec see both before and after. */
const quick = {
  LOG_LEVEL: 'silent',
  SANDBOX_WALLET_DELAY_MS: '50',
  SANDBOX_ACTIVATION_DELAY_MS: '50',
  SANDBOX_SLOW_DECISION_MS: '50',
  SANDBOX_ADMIN_LOGIN_DELAY_MS: '50',
};

/** Starts a sandbox on a free port, as `main.ts` does, with `env` for its settings. */
export async function runSandbox(env: Readonly<Record<string, string>> = {}): Promise<RunningSandbox> {
  let complaint = '';
  const host: ProcessHost = {
    env: { ...quick, ...env },
    stderr: { write: (text) => (complaint += text) },
    on: () => undefined,
    exit: () => undefined,
  };
  const service = await startService(sandboxService, host);
  if (!service) throw new Error(complaint);
  return {
    baseUrl: `http://127.0.0.1:${service.port}`,
    routes: routesOf(service.app),
    close: async () => {
      service.app.getHttpServer().closeAllConnections();
      await service.app.close();
    },
  };
}

function routesOf(app: NestExpressApplication): string[] {
  const { router } = app.getHttpAdapter().getInstance() as unknown as {
    router: { stack: { route?: { path: string; methods: Record<string, boolean> } }[] };
  };
  return router.stack.flatMap(({ route }) =>
    route ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`) : [],
  );
}
