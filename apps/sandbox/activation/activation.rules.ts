import { missingConsents } from '../consents/consent.rules.js';
import { against, badRequest, conflict, forbidden } from '../http/refusal.js';
import { shareTotal } from '../personnel/personnel.rules.js';
import type { Customer, Verification } from '../state/customer.js';
import { overallStatus } from '../verifications/verification.rules.js';

/** Something that activation asks for and that is not there. */
export interface Unmet {
  readonly check: string;
  readonly message: string;
  readonly [more: string]: unknown;
}

/** What is known of a customer when it is to be activated. */
export interface ActivationFacts {
  readonly customer: Customer;
  readonly verifications: readonly Verification[];
  /** Required document types that nobody uploaded. */
  readonly missingDocuments: readonly string[];
}

/** How activation is taken. */
export interface ActivationContext {
  readonly nowMs: number;
  /** How long an organization is ACTIVATING (U14). */
  readonly delayMs: number;
  /** The `lenient-structure` switch (U18). */
  readonly isLenient: boolean;
}

const activatingRoles = ['ADMIN_USER', 'COMPLIANCE_OFFICER'];

/** Where a customer is on its way, of either kind (b.8). */
export type CustomerState = 'REGISTERED' | 'ACTIVATING' | 'ACTIVE';

/** Where a customer is at `nowMs`. */
export function stateAt({ activeFrom }: Customer, nowMs: number): CustomerState {
  if (activeFrom === undefined) return 'REGISTERED';
  return activeFrom <= nowMs ? 'ACTIVE' : 'ACTIVATING';
}

/** Verification and consents: what activation of either kind asks for (c.2.8, c.3.12). */
export function unmetSteps({ customer, verifications }: ActivationFacts): Unmet[] {
  const unmet: Unmet[] = [];
  const verificationStatus = overallStatus(verifications);
  if (verificationStatus !== 'APPROVED')
    unmet.push({ check: 'verification', message: 'The verification is not APPROVED', verificationStatus });
  const consents = missingConsents(customer);
  if (consents.length > 0)
    unmet.push({ check: 'consents', message: 'Consents are missing', missingConsents: consents });
  return unmet;
}

/** The structure of an organization (c.3.12, U18). */
export function unmetStructure({ employees, directors, shareholders }: Customer): Unmet[] {
  const unmet: Unmet[] = [];
  if (!employees.some(({ roles }) => roles.includes('ADMIN_USER')))
    unmet.push({ check: 'adminUser', message: 'No employee has the role ADMIN_USER' });
  if (directors.length === 0) unmet.push({ check: 'director', message: 'There is no director' });
  const total = shareTotal(shareholders);
  if (!total.equals(100))
    unmet.push({ check: 'shareholders', message: 'The shares are not 100 %', total: total.toString() });
  return unmet;
}

/** Activates an individual. Throws 400 for somebody else's `userId` (U12), 409 when it is active, 422 (U18, U35). */
export function activatedIndividual(
  facts: ActivationFacts,
  userId: string,
  { nowMs }: ActivationContext,
): Customer {
  const { customer } = facts;
  const isOwn = customer.users.some(
    ({ id, email }) => id === userId || email.toLowerCase() === userId.toLowerCase(),
  );
  if (!isOwn)
    throw badRequest('UNKNOWN_USER', 'userId belongs to nobody of this customer', { field: 'userId' });
  refuseActive(customer);
  refuseUnmet(unmetSteps(facts));
  return { ...customer, activeFrom: nowMs };
}

/**
 * Activates an organization, after a while (U14). Throws 403 for a caller without the role, 409 when it is active or
 * activating, 422 with everything that is missing (U18, U38).
 */
export function activatedOrganization(
  facts: ActivationFacts,
  callerRoles: readonly string[],
  context: ActivationContext,
): { customer: Customer; warnings: string[] } {
  const { customer, missingDocuments } = facts;
  if (!callerRoles.some((role) => activatingRoles.includes(role)))
    throw forbidden('INSUFFICIENT_PERMISSIONS', 'X-User-Roles has neither ADMIN_USER nor COMPLIANCE_OFFICER');
  refuseActive(customer);
  const structure = unmetStructure(customer);
  const documents: Unmet[] =
    missingDocuments.length > 0
      ? [{ check: 'documents', message: 'Required documents are missing', missingDocuments }]
      : [];
  refuseUnmet([...(context.isLenient ? [] : structure), ...unmetSteps(facts), ...documents]);
  return {
    customer: { ...customer, activeFrom: context.nowMs + context.delayMs },
    warnings: structure.map(({ message }) => message),
  };
}

/** c.2.7 and c.3.11, the names of gen 4 and gen 3 together (U13). Not ready is no refusal. */
export function readiness(
  facts: ActivationFacts,
  { nowMs, isLenient }: Pick<ActivationContext, 'nowMs' | 'isLenient'>,
): Record<string, unknown> {
  const { customer, verifications, missingDocuments } = facts;
  const isOrganization = customer.kind === 'organization';
  const unmet = [
    ...unmetSteps(facts),
    ...(isOrganization && !isLenient ? unmetStructure(customer) : []),
    ...(isOrganization && missingDocuments.length > 0 ? [{ message: 'Required documents are missing' }] : []),
  ];
  const isRegistered = stateAt(customer, nowMs) === 'REGISTERED';
  const activationAllowed = unmet.length === 0 && isRegistered;
  const consents = missingConsents(customer);
  return {
    customerId: customer.id,
    activationAllowed,
    canActivate: activationAllowed,
    consentOk: consents.length === 0,
    missingConsents: consents,
    verificationOk: overallStatus(verifications) === 'APPROVED',
    verificationStatus: overallStatus(verifications),
    verificationLevel: verifications.at(-1)?.level ?? 'TENANT_VERIFIED',
    missingDocuments: isOrganization ? missingDocuments : [],
    riskLevel: 'LOW',
    isHighRisk: false,
    powerTenantApprovalRequired: false,
    powerTenantApprovalOk: true,
    message: messageOf(unmet, isRegistered),
  };
}

function messageOf(unmet: readonly Pick<Unmet, 'message'>[], isRegistered: boolean): string {
  if (!isRegistered) return 'The customer has been activated';
  return unmet.length === 0 ? 'Ready for activation' : unmet.map(({ message }) => message).join('; ');
}

function refuseActive({ activeFrom }: Customer): void {
  if (activeFrom !== undefined) throw conflict('ALREADY_ACTIVE', 'The customer has been activated');
}

function refuseUnmet(unmet: readonly Unmet[]): void {
  const [first] = unmet;
  if (!first) return;
  const details = unmet.map(({ message }) => message).join('; ');
  throw against('ACTIVATION_NOT_ALLOWED', details, { ...first, missingStep: first.check, unmet });
}
