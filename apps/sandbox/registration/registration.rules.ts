import type { components } from '#finhub-client/openapi-types.js';
import { forbidden, refuseInvalid } from '../http/refusal.js';
import { magicTags } from '../magic/magic.rules.js';
import type { Customer } from '../state/customer.js';
import type { Tenant } from '../tenants.js';
import { ibanOf } from './iban.js';

/** The body of c.2.2. */
export type IndividualRegistration = components['schemas']['IndividualRegistration'];
/** The body of c.3.1. */
export type OrganizationRegistration = components['schemas']['OrganizationRegistration'];

/** What a registration says about a customer of either kind. */
export type Registrant = Pick<Customer, 'kind' | 'email' | 'name' | 'registrationNumber' | 'tags'> & {
  readonly roles: readonly string[];
  readonly category: { readonly id: string; readonly name: string };
  readonly password: string;
};

/** What is not in the body: where it came in, chance and time. */
export interface Circumstances {
  readonly tenantId: string;
  readonly categoryId: string;
  readonly nowMs: number;
  readonly newId: () => string;
  readonly passwordHash: string;
  /** Epoch milliseconds from which the first user can log in (U45). */
  readonly loginFrom: number;
}

/** Reads c.2.2. Throws 400 where the passwords differ, 403 where the body names another tenant. */
export function individualRegistrant(body: IndividualRegistration, tenant: Tenant): Registrant {
  checkRegistration(body, [body.tenantId, body.individualCustomer.tenantId], tenant);
  return {
    kind: 'individual',
    email: body.email,
    name: `${body.firstName} ${body.lastName}`,
    registrationNumber: undefined,
    tags: magicTags(body.email, body.lastName),
    roles: body.roleIds ?? ['ACCOUNT_OWNER', 'USER'],
    category: body.customerCategory,
    password: body.password,
  };
}

/** Reads c.3.1; employees, directors and shareholders in it are ignored, as the guide says. */
export function organizationRegistrant(body: OrganizationRegistration, tenant: Tenant): Registrant {
  const { organization, tenantId } = body.organizationCustomer;
  checkRegistration(body, [body.tenantId, tenantId], tenant);
  return {
    kind: 'organization',
    email: body.email,
    name: organization.legalName,
    registrationNumber: organization.registrationNumber,
    tags: magicTags(body.email, organization.legalName),
    roles: body.roleIds ?? ['ACCOUNT_OWNER', 'ADMIN'],
    category: body.customerCategory,
    password: body.password,
  };
}

/** The customer that a registration makes. */
export function registered(registrant: Registrant, circumstances: Circumstances): Customer {
  const { tenantId, categoryId, newId, nowMs, passwordHash, loginFrom } = circumstances;
  const { kind, email, name, registrationNumber, tags, roles } = registrant;
  const walletId = newId();
  return {
    id: newId(),
    tenantId,
    kind,
    email,
    name,
    registrationNumber,
    categoryId,
    registeredAt: nowMs,
    activationCode: newId().slice(0, 8).toUpperCase(),
    tags,
    users: [{ id: newId(), email, passwordHash, roles, loginFrom }],
    employees: [],
    directors: [],
    shareholders: [],
    documents: [],
    consents: {},
    wallet: { id: walletId, iban: ibanOf(walletId) },
  };
}

/** The answer's `data`: ids in every place that U4 names, both names of the state (U5). */
export function shownRegistration(customer: Customer, showsCode: boolean): Record<string, unknown> {
  const [user] = customer.users;
  const isOrganization = customer.kind === 'organization';
  return {
    id: customer.id,
    customerId: customer.id,
    tenantId: customer.tenantId,
    userId: user.id,
    user: {
      id: user.id,
      username: user.email,
      email: user.email,
      status: 'PENDING_ACTIVATION',
      roles: user.roles,
    },
    email: customer.email,
    customerStatus: 'CS_REGISTRATION_COMPLETED',
    status: 'PENDING_ACTIVATION',
    individual: !isOrganization,
    organization: isOrganization,
    customerType: isOrganization ? 'CT_ORGANIZATION' : 'CT_PERSON',
    ...(isOrganization ? { organizationId: customer.id, adminEmployees: [] } : {}),
    ...(showsCode ? { activationCode: customer.activationCode } : {}),
  };
}

function checkRegistration(
  body: { password: string; matchingPassword: string },
  tenants: (string | undefined)[],
  tenant: Tenant,
): void {
  if (body.password !== body.matchingPassword)
    refuseInvalid([{ field: 'matchingPassword', message: 'Passwords do not match' }]);
  for (const named of tenants)
    if (named !== undefined && named !== tenant.tenantId && named !== tenant.alias)
      throw forbidden('TENANT_MISMATCH', 'The body names another tenant than X-Tenant-ID');
}
