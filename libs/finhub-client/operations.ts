import type { paths } from './openapi-types.js';

/**
 * What a call does at FinHub: `none` reads (or makes a session, which binds nobody), `repeatable` gives the same state when
 * it is called again, `once` makes a second object when it is (CONTRACT.md U24).
 */
export type Effect = 'none' | 'repeatable' | 'once';

/**
 * Whom a refusal concerns: the applicant whose data is sent; the registered customer, whose onboarding waits until a value is
 * corrected or our reading of the contract is; the tenant's settings.
 */
export type Subject = 'applicant' | 'customer' | 'tenant';

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: keyof paths;
  readonly effect: Effect;
  readonly subject: Subject;
  /** Sent without `Authorization`. */
  readonly isPublic?: true;
  /** A 2xx answer needs no body. */
  readonly hasNoAnswer?: true;
}

const admin = '/api/v2.1/admin/organization/{organizationId}/users/{userId}/sessions' as const;
const individual = '/api/v2.1/customer/individual' as const;
const organization = '/api/v2.1/customer/organization' as const;
const ofCustomer = `${individual}/{customerId}` as const;
const ofOrganization = `${organization}/{organizationId}` as const;
const verification = '/api/v2.1/verifications/{verificationId}' as const;
const subscriptions = '/api/v2.1/webhooks/subscriptions' as const;

/** Every operation of `openapi.yaml` that the client calls, by its `operationId`. */
export const operations = {
  createAdminSession: login(admin, 'tenant'),
  createCustomerSession: login(`${ofCustomer}/users/{userId}/sessions`, 'applicant'),
  createOrganizationUserSession: login(`${ofOrganization}/users/{userId}/sessions`, 'applicant'),

  getCategories: read(`${individual}/categorization/hierarchy/{tenantId}`),
  registerIndividual: once(`${individual}/registration`),
  registerOrganization: once(`${organization}/registration`),

  addEmployee: once(`${ofOrganization}/employee`),
  listEmployees: read(`${ofOrganization}/employees`),
  addDirector: once(`${ofOrganization}/director`),
  listDirectors: read(`${ofOrganization}/directors`),
  addShareholder: once(`${ofOrganization}/shareholders`),
  listShareholders: read('/api/v2/organizations/{organizationId}/shareholders'),

  openVerification: ofCustomers(once('/api/v2.1/verifications')),
  openCustomerVerification: ofCustomers(once(`${ofCustomer}/verification`)),
  openOrganizationVerification: ofCustomers(once(`${ofOrganization}/verify`)),
  getVerification: read(verification),
  uploadDocument: once(`${verification}/documents`),
  decideVerification: ofCustomers(repeatable(`${verification}/approve`)),
  listIndividualDocuments: read(`${ofCustomer}/documents`),
  listOrganizationDocuments: read(`${ofOrganization}/documents`),

  acceptIndividualConsent: ofCustomers(repeatable(`${ofCustomer}/consents/{consentType}`)),
  acceptOrganizationConsent: ofCustomers(repeatable(`${ofOrganization}/consents/{consentType}`)),

  checkIndividualReadiness: read(`${ofCustomer}/owner/{ownerTenantId}/activation/check`),
  checkOrganizationReadiness: read(`${ofOrganization}/activation/readiness`),
  activateIndividual: ofCustomers(once(`${ofCustomer}/activation`)),
  activateOrganization: ofCustomers(once(`${ofOrganization}/activation`)),
  getOrganizationWalletStatus: read(`${ofOrganization}/wallet-status`),
  listWallets: read('/api/v2.1/wallets/customer/{customerId}'),

  listSubscriptions: read(subscriptions),
  createSubscription: { ...once(subscriptions), subject: 'tenant' },
  deleteSubscription: remove(`${subscriptions}/{subscriptionId}`),
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

function read(path: keyof paths): Operation {
  return { method: 'GET', path, effect: 'none', subject: 'applicant' };
}

function once(path: keyof paths): Operation {
  return { method: 'POST', path, effect: 'once', subject: 'applicant' };
}

function repeatable(path: keyof paths): Operation {
  return { method: 'POST', path, effect: 'repeatable', subject: 'applicant' };
}

function ofCustomers(operation: Operation): Operation {
  return { ...operation, subject: 'customer' };
}

function login(path: keyof paths, subject: Subject): Operation {
  return { method: 'POST', path, effect: 'none', subject, isPublic: true };
}

function remove(path: keyof paths): Operation {
  return { method: 'DELETE', path, effect: 'repeatable', subject: 'tenant', hasNoAnswer: true };
}
