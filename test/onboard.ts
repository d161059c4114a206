import type { TestPipeline } from './processes.js';
import { runProgram, type RanProgram } from './run-program.js';

/** Runs `onboard`, the program itself, at a pipeline's gateway with its key of one tenant, or of all. */
export function onboard(
  { access }: TestPipeline,
  args: readonly string[],
  reach: 'tenant' | 'every-tenant' = 'tenant',
): Promise<RanProgram> {
  const key = reach === 'tenant' ? access.apiKey : access.everyTenantApiKey;
  return runProgram(['apps/cli/bin/onboard.mjs', ...args], {
    env: { GATEWAY_URL: access.gatewayUrl, ONBOARD_API_KEY: key },
  });
}
