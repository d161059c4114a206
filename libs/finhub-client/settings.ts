import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { describeSettings, type SettingRow } from '#platform/settings.js';

/** The settings of one tenant, whose customers are onboarded (CONTRACT.md b.1, b.2, U33b). */
export interface FinhubTenantSettings {
  /** The tenant's UUID at FinHub, and its name here. */
  readonly tenantId: string;
  /** What `X-Tenant-ID` carries where it is an alias; default the tenant id. */
  readonly tenantHeader?: string | undefined;
  /** Scheme and host, no path. */
  readonly baseUrl: string;
  readonly organizationId: string;
  readonly adminUserId: string;
  readonly adminUsername: string;
  readonly adminPassword: string;
  readonly tenantKey?: string | undefined;
  readonly tenantSecret?: string | undefined;
  /** Which call opens the verification of an individual. */
  readonly verificationCall: 'verifications' | 'customer-verification';
  /** Who decides a verification: FinHub or an officer (`wait`), or our admin session once all documents are there. */
  readonly approval: 'wait' | 'auto';
  readonly verificationDeadlineHours?: number | undefined;
  /** The quota of calls, kept by all processes together; none without it. */
  readonly requestsPerSecond?: number | undefined;
}

/** The environment variable and the example of each setting of a single tenant. */
const variables = {
  tenantId: ['FINHUB_TENANT_ID', "the tenant's UUID"],
  tenantHeader: ['FINHUB_TENANT_HEADER', 'the alias that X-Tenant-ID carries'],
  baseUrl: ['FINHUB_BASE_URL', 'scheme and host, e.g. https://sandbox.finhub.cloud'],
  organizationId: ['FINHUB_ORGANIZATION_ID', 'the organization of the admin user'],
  adminUserId: ['FINHUB_ADMIN_USER_ID', "the admin user's id"],
  adminUsername: ['FINHUB_ADMIN_USERNAME', "the admin user's login"],
  adminPassword: ['FINHUB_ADMIN_PASSWORD', "the admin user's password"],
  tenantKey: ['FINHUB_TENANT_KEY', 'the tenant key that FinHub handed out'],
  tenantSecret: ['FINHUB_TENANT_SECRET', 'the tenant secret that FinHub handed out'],
  verificationCall: ['FINHUB_VERIFICATION_CALL', 'verifications or customer-verification'],
  approval: ['FINHUB_APPROVAL', 'wait or auto'],
  verificationDeadlineHours: ['FINHUB_VERIFICATION_DEADLINE_HOURS', 'hours from 1 to 8760'],
  requestsPerSecond: [
    'FINHUB_REQUESTS_PER_SECOND',
    'the quota of calls a second, of all processes together, from 1 to 100000',
  ],
} as const;

const text = z.string().trim().min(1);
const schema = z.strictObject({
  tenantId: text.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/u),
  tenantHeader: text.optional(),
  baseUrl: text.refine(isOrigin),
  organizationId: text,
  adminUserId: text,
  adminUsername: text,
  adminPassword: z.string().min(1),
  tenantKey: text.optional(),
  tenantSecret: text.optional(),
  verificationCall: z.enum(['verifications', 'customer-verification']).default('verifications'),
  approval: z.enum(['wait', 'auto']).default('wait'),
  verificationDeadlineHours: z.coerce.number().int().min(1).max(8760).optional(),
  requestsPerSecond: z.coerce.number().int().min(1).max(100_000).optional(),
});

/** FinHub's settings are missing or wrong: one sentence per mistake, none with a value. */
export class FinhubSettingsError extends Error {
  constructor(readonly sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'FinhubSettingsError';
  }
}

/**
 * The tenants that the environment names: one by `FINHUB_*`, or several by the file (a JSON array of
 * {@link FinhubTenantSettings}) that `FINHUB_TENANTS_FILE` names. Throws {@link FinhubSettingsError} with all mistakes.
 */
export function loadTenants(env: NodeJS.ProcessEnv): FinhubTenantSettings[] {
  const file = env['FINHUB_TENANTS_FILE'];
  if (file) return readTenants(parseFile(file), file);
  const given = Object.entries(variables).flatMap(([key, [variable]]) =>
    env[variable] ? [[key, env[variable]] as const] : [],
  );
  return [readTenant(Object.fromEntries(given), (key) => sentenceOfVariable(key, env))];
}

/** Calls a second, of the tenants that have a quota. */
export function quotasOf(tenants: readonly FinhubTenantSettings[]): Map<string, number> {
  return new Map(
    tenants.flatMap(({ tenantId, requestsPerSecond }) =>
      requestsPerSecond === undefined ? [] : [[tenantId, requestsPerSecond] as const],
    ),
  );
}

/** The settings of a tenant for the documentation; in the file of several tenants each has the name `key`. */
export function describeTenantSettings(): (SettingRow & { readonly key: string })[] {
  return describeSettings(schema).map((row) => {
    const [name, meaning] = variables[row.name as keyof typeof variables];
    return {
      key: row.name,
      name,
      meaning,
      value: row.value,
      isSecret: /password|secret|tenantKey/iu.test(row.name),
    };
  });
}

function readTenants(parsed: unknown, file: string): FinhubTenantSettings[] {
  if (!Array.isArray(parsed) || parsed.length === 0) throw mistake(file, 'must hold a JSON array of tenants');
  const mistakes: string[] = [];
  const tenants = parsed.flatMap((entry: unknown, index) => {
    try {
      return [readTenant(entry, (key) => sentenceOfFile(file, index, key))];
    } catch (error) {
      mistakes.push(...(error as FinhubSettingsError).sentences);
      return [];
    }
  });
  const ids = tenants.map((tenant) => tenant.tenantId);
  if (new Set(ids).size < ids.length)
    mistakes.push(`FINHUB_TENANTS_FILE ${file} names a tenantId twice: remove one.`);
  if (mistakes.length > 0) throw new FinhubSettingsError(mistakes);
  return tenants;
}

function readTenant(given: unknown, sentence: (key: string) => string): FinhubTenantSettings {
  const read = schema.safeParse(given);
  if (read.success) return { ...read.data, baseUrl: new URL(read.data.baseUrl).origin };
  const keys = read.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0] ?? '')],
  );
  throw new FinhubSettingsError([...new Set(keys)].map(sentence));
}

function sentenceOfVariable(key: string, env: NodeJS.ProcessEnv): string {
  const [variable, wanted] = variables[key as keyof typeof variables];
  return env[variable]
    ? `${variable} is wrong: set it to ${wanted}.`
    : `${variable} is not set: set it to ${wanted}.`;
}

function sentenceOfFile(file: string, index: number, key: string): string {
  const where = `FINHUB_TENANTS_FILE ${file}, entry ${index}`;
  if (key === '') return `${where} is no object: give it the settings of a tenant.`;
  if (!Object.hasOwn(variables, key)) return `${where} has the unknown setting "${key}": remove it.`;
  return `${where}: ${key} is missing or wrong: set it to ${variables[key as keyof typeof variables][1]}.`;
}

function parseFile(file: string): unknown {
  const text = attempt(() => readFileSync(file, 'utf8'), mistake(file, 'cannot be read'));
  return attempt(() => JSON.parse(text) as unknown, mistake(file, 'is no JSON'));
}

function attempt<Result>(run: () => Result, failure: FinhubSettingsError): Result {
  try {
    return run();
  } catch {
    throw failure;
  }
}

function mistake(file: string, fault: string): FinhubSettingsError {
  return new FinhubSettingsError([
    `FINHUB_TENANTS_FILE ${file} ${fault}: write a JSON array with the settings of each tenant.`,
  ]);
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const hasOnlyOrigin = url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  return hasOnlyOrigin && ['http:', 'https:'].includes(url.protocol);
}
