import type { paths } from './openapi-types.js';

/**
 * What a call does at FinHub: `none` reads (or makes a session, which binds nobody), `repeatable` gives the same state when
 * it is called again, `once` makes a second object when it is (CONTRACT.md U24).
 */
export type Effect = 'none' | 'repeatable' | 'once';

/**
 * Whom a refusal concerns: the applicant whose data is sent, or the tenant's settings and our reading of the contract, where
 * nothing is sent that an applicant has chosen but a code that can be corrected.
 */
export type Subject = 'applicant' | 'tenant';

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

  openVerification: ours(once('/api/v2.1/verifications')),
  openCustomerVerification: ours(once(`${ofCustomer}/verification`)),
  openOrganizationVerification: ours(once(`${ofOrganization}/verify`)),
  getVerification: read(verification),
  uploadDocument: once(`${verification}/documents`),
  decideVerification: ours(repeatable(`${verification}/approve`)),
  listIndividualDocuments: read(`${ofCustomer}/documents`),
  listOrganizationDocuments: read(`${ofOrganization}/documents`),

  acceptIndividualConsent: ours(repeatable(`${ofCustomer}/consents/{consentType}`)),
  acceptOrganizationConsent: ours(repeatable(`${ofOrganization}/consents/{consentType}`)),

  checkIndividualReadiness: read(`${ofCustomer}/owner/{ownerTenantId}/activation/check`),
  checkOrganizationReadiness: read(`${ofOrganization}/activation/readiness`),
  activateIndividual: ours(once(`${ofCustomer}/activation`)),
  activateOrganization: ours(once(`${ofOrganization}/activation`)),
  getOrganizationWalletStatus: read(`${ofOrganization}/wallet-status`),
  listWallets: read('/api/v2.1/wallets/customer/{customerId}'),

  listSubscriptions: read(subscriptions),
  createSubscription: ours(once(subscriptions)),
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

function ours(operation: Operation): Operation {
  return { ...operation, subject: 'tenant' };
}

function login(path: keyof paths, subject: Subject): Operation {
  return { method: 'POST', path, effect: 'none', subject, isPublic: true };
}

function remove(path: keyof paths): Operation {
  return { method: 'DELETE', path, effect: 'repeatable', subject: 'tenant', hasNoAnswer: true };
}
