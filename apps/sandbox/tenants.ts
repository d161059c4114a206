import { readFileSync } from 'node:fs';
import { z } from 'zod';

const text = z.string().min(1);

const tenantSchema = z.strictObject({
  tenantId: z.uuid(),
  /** A name that the `X-Tenant-ID` header may carry in place of the UUID (U33b). */
  alias: text.optional(),
  name: text.default('Sandbox tenant'),
  organizationId: text,
  adminUserId: text,
  adminUsername: text,
  adminPassword: text,
  tenantKey: text,
  tenantSecret: text,
  /** What its category of individuals asks for in documents (U7). */
  individualRiskLevel: z.enum(['LOW', 'MEDIUM', 'HIGH']).default('LOW'),
});

/** A customer of FinHub whose customers are onboarded, with the credentials that it was handed (b.1, b.2). */
export type Tenant = z.output<typeof tenantSchema>;

const tenantsSchema = z.array(tenantSchema).min(1);

/** Reads tenants from a JSON array, or from the file that `text` names. Throws a sentence that says what is wrong. */
export function parseTenants(given: string): Tenant[] {
  const json = given.trimStart().startsWith('[') ? given : readFileSync(given, 'utf8');
  const read = tenantsSchema.safeParse(JSON.parse(json));
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`the tenants are not as they should be: ${faults.join('; ')}`);
}

/** Every tenant of this sandbox, by UUID and by alias. */
export class Tenants {
  readonly all: readonly Tenant[];
  private readonly byName = new Map<string, Tenant>();

  constructor(tenants: readonly Tenant[]) {
    this.all = tenants;
    for (const tenant of tenants) {
      this.byName.set(tenant.tenantId, tenant);
      if (tenant.alias) this.byName.set(tenant.alias, tenant);
    }
  }

  /** The tenant that a header's value means; the value is case-sensitive (b.3). */
  find(headerValue: string): Tenant | undefined {
    return this.byName.get(headerValue);
  }
}
