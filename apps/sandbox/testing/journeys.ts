import { randomUUID } from 'node:crypto';
import type { Reply, SandboxClient } from './sandbox-client.js';

/** A customer that a spec made. */
export interface Made {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
}

/** The password of every customer. */
export const password = 'Example-Pass-01';
/** What every document says. */
export const fileContent = Buffer.from('%PDF-1.4 a passport').toString('base64');

/** The documents that an organization is activated with (U7). */
export const organizationDocuments = [
  'CERTIFICATE_OF_INCORPORATION',
  'ARTICLES_OF_ASSOCIATION',
  'SHAREHOLDER_REGISTER',
  'DIRECTOR_ID',
  'BANK_STATEMENT',
  'BENEFICIAL_OWNERSHIP',
];

/** An e-mail that nobody has, with the tags that it asks for. */
export function newEmail(...tags: string[]): string {
  return `${['ona', ...tags, randomUUID().slice(0, 8)].join('+')}@example.test`;
}

/** The database id and name of the category whose key is given. */
export async function category(client: SandboxClient, key: string): Promise<{ id: string; name: string }> {
  const { tenantId } = client.tenant;
  const { data } = await client.get(`/api/v2.1/customer/individual/categorization/hierarchy/${tenantId}`);
  const categories = data['categories'] as Record<string, { databaseId: string; categoryName: string }>;
  const found = categories[key];
  return { id: found?.databaseId ?? '', name: found?.categoryName ?? '' };
}

/** The body of c.2.2. */
export async function individualBody(client: SandboxClient, email: string): Promise<Record<string, unknown>> {
  return {
    firstName: 'Ona',
    lastName: 'Petraite',
    email,
    phone: '+37060000001',
    password,
    matchingPassword: password,
    dateOfBirth: '1991-02-03',
    gender: 'FEMALE',
    nationality: 'Lithuania',
    placeOfBirth: 'Kaunas',
    pincode: '44001',
    roleIds: ['ACCOUNT_OWNER', 'USER'],
    customerCategory: await category(client, 'INDIVIDUAL_STANDARD'),
    individualCustomer: { customerName: 'Ona Petraite', tenantId: client.tenant.tenantId },
  };
}

/** The body of c.3.1. */
export async function organizationBody(
  client: SandboxClient,
  email: string,
): Promise<Record<string, unknown>> {
  return {
    email,
    password,
    matchingPassword: password,
    roleIds: ['ACCOUNT_OWNER', 'ADMIN'],
    customerCategory: await category(client, 'B2B_SMALL_BUSINESS'),
    organizationCustomer: {
      customerName: 'Baltic Demo',
      organization: { legalName: 'Baltic Demo UAB', registrationNumber: randomUUID(), taxId: 'TAX-1' },
    },
  };
}

/** Registers an individual by c.2.2. */
export async function registerIndividual(client: SandboxClient, email = newEmail()): Promise<Made> {
  const body = await individualBody(client, email);
  return made(await client.post('/api/v2.1/customer/individual/registration', body), email);
}

/** Registers an organization by c.3.1. */
export async function registerOrganization(client: SandboxClient, email = newEmail()): Promise<Made> {
  const body = await organizationBody(client, email);
  return made(await client.post('/api/v2.1/customer/organization/registration', body), email);
}

/** The body of c.3.2. */
export function employeeBody(email: string, roles = ['ADMIN_USER', 'EMPLOYEE']): Record<string, unknown> {
  return { person: { firstName: 'Jonas', lastName: 'Demo', email }, position: 'COMPLIANCE_OFFICER', roles };
}

/** The body of c.3.4. */
export function directorBody(email: string): Record<string, unknown> {
  return { person: { firstName: 'Rasa', lastName: 'Demo', email }, role: 'MANAGING_DIRECTOR' };
}

/** The body of c.3.5. */
export function shareholderBody(ownershipPercentage: number, lastName = 'Demo'): Record<string, unknown> {
  return { type: 'INDIVIDUAL', firstName: 'Rasa', lastName, ownershipPercentage, isBeneficialOwner: true };
}

/** An organization with one employee, one director and one shareholder. */
export async function staffedOrganization(client: SandboxClient, email = newEmail()): Promise<Made> {
  const organization = await registerOrganization(client, email);
  const base = `/api/v2.1/customer/organization/${organization.id}`;
  ok(await client.post(`${base}/employee`, employeeBody(newEmail())));
  ok(await client.post(`${base}/director`, directorBody(newEmail())));
  ok(await client.post(`${base}/shareholders`, shareholderBody(100)));
  return organization;
}

/** The body of c.4.1. */
export function verificationBody(
  client: SandboxClient,
  customerId: string,
  type: string,
): Record<string, unknown> {
  return {
    customerId,
    type,
    requestedLevel: 'TENANT_VERIFIED',
    requestedByUserId: 'admin',
    requestedByTenantId: client.tenant.tenantId,
  };
}

/** Opens the verification of an individual by c.4.1 and gives its id. */
export async function openVerification(client: SandboxClient, { id }: Made): Promise<string> {
  const body = verificationBody(client, id, 'IDENTITY_VERIFICATION');
  const { data } = ok(await client.post('/api/v2.1/verifications', body));
  return String(data['verificationId']);
}

/** Opens the verification of an organization by c.3.8 and gives its id. */
export async function openBusinessVerification(client: SandboxClient, { id }: Made): Promise<string> {
  const body = verificationBody(client, id, 'BUSINESS_VERIFICATION');
  const { data } = ok(await client.post(`/api/v2.1/customer/organization/${id}/verify`, body));
  return String(data['verificationId']);
}

/** The body of c.4.2. */
export function documentBody(customerId: string, documentType: string): Record<string, unknown> {
  const fileName = `${documentType.toLowerCase()}.pdf`;
  return { customerId, documentType, fileName, fileContent, mimeType: 'application/pdf' };
}

/** Calls c.4.2. */
export function upload(
  client: SandboxClient,
  verificationId: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Reply> {
  return client.post(`/api/v2.1/verifications/${verificationId}/documents`, body);
}

/** Calls c.4.3. */
export function decide(client: SandboxClient, verificationId: string, status = 'APPROVED'): Promise<Reply> {
  return client.post(`/api/v2.1/verifications/${verificationId}/approve`, { verificationId, status });
}

/** Gives all three consents. */
export async function consent(client: SandboxClient, kind: string, { id }: Made): Promise<void> {
  for (const type of ['terms', 'privacy', 'data-processing'])
    await client.post(`/api/v2.1/customer/${kind}/${id}/consents/${type}`, {
      accepted: true,
      version: '1.0',
    });
}

/** An individual that only lacks its activation. */
export async function readyIndividual(client: SandboxClient, email = newEmail()): Promise<Made> {
  const individual = await registerIndividual(client, email);
  const verificationId = await openVerification(client, individual);
  ok(await upload(client, verificationId, documentBody(individual.id, 'PASSPORT')));
  ok(await decide(client, verificationId));
  await consent(client, 'individual', individual);
  return individual;
}

/** An organization that only lacks its activation. */
export async function readyOrganization(client: SandboxClient, email = newEmail()): Promise<Made> {
  const organization = await staffedOrganization(client, email);
  const verificationId = await openBusinessVerification(client, organization);
  for (const type of organizationDocuments)
    ok(await upload(client, verificationId, documentBody(organization.id, type)));
  ok(await decide(client, verificationId));
  await consent(client, 'organization', organization);
  return organization;
}

/** Calls c.2.8. */
export function activate(client: SandboxClient, { id, email }: Made): Promise<Reply> {
  return client.post(`/api/v2.1/customer/individual/${id}/activation`, {
    userId: email,
    code: 'ACTIVATION_CODE_1',
  });
}

/** Calls c.3.12. */
export function activateOrganization(client: SandboxClient, { id }: Made): Promise<Reply> {
  return client.post(`/api/v2.1/customer/organization/${id}/activation`, { activationReason: 'KYB done' });
}

/** Calls c.7. */
export function wallets(client: SandboxClient, { id }: Made, customerType: 'B2C' | 'B2B'): Promise<Reply> {
  return client.get(`/api/v2.1/wallets/customer/${id}?customerType=${customerType}`);
}

function made(reply: Reply, email: string): Made {
  const { data } = ok(reply);
  return { id: String(data['customerId']), userId: String(data['userId']), email };
}

/** Throws where a step on the way was refused. */
function ok(reply: Reply): Reply {
  if (reply.status >= 300) throw new Error(`a step on the way answered ${reply.status}: ${reply.text}`);
  return reply;
}
