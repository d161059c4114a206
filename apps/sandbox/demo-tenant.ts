import type { Tenant } from './tenants.js';

/** The tenant that the sandbox has when it is told of none. Its secrets are public and open nothing but a sandbox. */
export const demoTenant: Tenant = {
  tenantId: '7d0c9f52-3a41-4f0e-9a57-1f6d1c2b8e01',
  alias: 'fh_api_demo',
  name: 'Demo Bank',
  organizationId: '2b6f4c1e-8a0d-4d55-b1c9-90f3a7e5d002',
  adminUserId: 'a91f6e7c-54b2-4f7b-8f1c-3d2e1b0a9003',
  adminUsername: 'admin@demo-bank.test',
  adminPassword: 'Demo-Bank-Admin-01',
  tenantKey: 'demo-bank-tenant-key',
  tenantSecret: 'demo-bank-tenant-secret',
  individualRiskLevel: 'LOW',
};

/** A second one, so that what belongs to one tenant can be seen to stay with it. */
export const secondDemoTenant: Tenant = {
  tenantId: 'c4e8b7a6-1d92-4c3b-8f64-5a7b9c0d1e04',
  alias: 'fh_api_second',
  name: 'Second Bank',
  organizationId: 'e5f6a7b8-2c3d-4e5f-a0b1-c2d3e4f5a005',
  adminUserId: 'f7a8b9c0-3d4e-4f5a-b6c7-d8e9f0a1b006',
  adminUsername: 'admin@second-bank.test',
  adminPassword: 'Second-Bank-Admin-01',
  tenantKey: 'second-bank-tenant-key',
  tenantSecret: 'second-bank-tenant-secret',
  individualRiskLevel: 'LOW',
};
