import { loadTenants } from '#finhub-client/settings.js';
import type { Sources } from './sources.js';

/** The tenant that the sandbox is told to have and the services log in as. It opens nothing but this sandbox. */
const tenant = {
  tenantId: '7d0c9f52-3a41-4f0e-9a57-1f6d1c2b8e01',
  alias: 'fh_api_demo',
  name: 'Demo Bank',
  organizationId: '2b6f4c1e-8a0d-4d55-b1c9-90f3a7e5d002',
  adminUserId: 'a91f6e7c-54b2-4f7b-8f1c-3d2e1b0a9003',
  adminUsername: 'admin@demo-bank.test',
  adminPassword: 'Demo-Bank-Admin-01',
  tenantKey: 'demo-bank-tenant-key',
  tenantSecret: 'demo-bank-tenant-secret',
};

/** SANDBOX_TENANTS of the sandbox. */
export const sandboxTenants = JSON.stringify([tenant]);

/** What FinHub hands out to a tenant, as the services' settings. */
export function sandboxCredentials(baseUrl: string): Record<string, string> {
  return {
    FINHUB_BASE_URL: baseUrl,
    FINHUB_TENANT_ID: tenant.tenantId,
    FINHUB_ORGANIZATION_ID: tenant.organizationId,
    FINHUB_ADMIN_USER_ID: tenant.adminUserId,
    FINHUB_ADMIN_USERNAME: tenant.adminUsername,
    FINHUB_ADMIN_PASSWORD: tenant.adminPassword,
    FINHUB_TENANT_KEY: tenant.tenantKey,
    FINHUB_TENANT_SECRET: tenant.tenantSecret,
  };
}

/** The tenant whose requests are submitted: the sandbox's, or the first that the settings name. Throws what is wrong in them. */
export function tenantOf({ finhub }: Sources): string {
  return finhub === undefined ? tenant.tenantId : (loadTenants(finhub)[0]?.tenantId ?? '');
}
