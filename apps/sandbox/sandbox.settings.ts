import { z } from 'zod';
import { switchList } from './switches.js';
import { serviceSettings, wholeNumber } from '#platform/setting-kinds.js';
import { demoTenant, secondDemoTenant } from './demo-tenant.js';
import { parseTenants, type Tenant } from './tenants.js';

const dayMs = 86_400_000;

function milliseconds(defaultMs: number, description: string) {
  return wholeNumber(0, dayMs)
    .default(defaultMs)
    .meta({ description, example: String(defaultMs) });
}

/** What the sandbox can be told by the environment. */
export const sandboxSettings = z.object({
  ...serviceSettings,
  SANDBOX_TENANTS: z
    .string()
    .transform((given, context): Tenant[] => {
      try {
        return parseTenants(given);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .default([demoTenant, secondDemoTenant])
    .meta({
      description: 'the tenants: a JSON array, or the file that holds it; two demo tenants without it',
      example: 'tenants.json',
      isSecret: true,
    }),
  SANDBOX_STATE_FILE: z.string().optional().meta({
    description: 'keeps customers, sessions, webhooks and the ledger over a restart; in memory without it',
    example: '.onboarding/sandbox.jsonl',
  }),
  SANDBOX_SEED: z
    .string()
    .default('finhub')
    .meta({ description: 'makes category ids and random faults repeatable', example: 'finhub' }),
  SANDBOX_SWITCHES: switchList().meta({
    description: 'which readings of CONTRACT.md (d) to take, with commas between; see docs/sandbox.md',
    example: 'strict-documents,strict-user-agent',
  }),
  SANDBOX_TOKEN_LIFE_SECONDS: wholeNumber(1, 86_400)
    .default(3_600)
    .meta({ description: 'how long a JWT is good for (U19)', example: '3600' }),
  SANDBOX_RATE_LIMIT_PER_SECOND: wholeNumber(0, 1_000_000).default(0).meta({
    description: 'calls that a tenant may make in a second before it gets 429; 0 is no limit (U23)',
    example: '200',
  }),
  SANDBOX_AUTO_DECISION_MS: milliseconds(
    0,
    'how long after its last required document a verification is decided by itself; 0 is never',
  ),
  SANDBOX_SLOW_DECISION_MS: milliseconds(5_000, 'the same for applicants with the tag kyb-slow'),
  SANDBOX_WALLET_DELAY_MS: milliseconds(1_500, 'how long after activation the wallet has its IBAN'),
  SANDBOX_ACTIVATION_DELAY_MS: milliseconds(1_000, 'how long an organization is ACTIVATING (U14)'),
  SANDBOX_ADMIN_LOGIN_DELAY_MS: milliseconds(
    1_000,
    'how long after registration the default admin of an organization can log in (U45)',
  ),
});

/** The settings, read. */
export type SandboxSettings = z.output<typeof sandboxSettings>;

/** The injection token of the {@link SandboxSettings}. */
export const SETTINGS = Symbol('SandboxSettings');
