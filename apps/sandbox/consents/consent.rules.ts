import type { Consent, ConsentPath, Customer } from '../state/customer.js';
import { consentTypes } from '../state/customer.js';

const consentPeriodDays = 365;
const dayMs = 86_400_000;

/** All three, in the order in which clients send them. */
export const consentPaths = Object.keys(consentTypes) as ConsentPath[];

/** What a consent is given with. */
export interface Grant {
  readonly id: string;
  readonly version: string;
  readonly nowMs: number;
  readonly ipAddress: string;
  readonly userAgent: string;
  /** It stays PENDING until a readiness check (U10). */
  readonly isPending: boolean;
}

/** Accepts a consent; an accepted one stays as it is (U24), a pending one stays pending (U44). */
export function withConsent(customer: Customer, path: ConsentPath, grant: Grant): Customer {
  if (customer.consents[path]) return customer;
  const { id, version, nowMs, ipAddress, userAgent } = grant;
  const status = grant.isPending ? 'PENDING' : 'ACCEPTED';
  const consent: Consent = { id, status, version, grantedAt: nowMs, ipAddress, userAgent };
  return { ...customer, consents: { ...customer.consents, [path]: consent } };
}

/** What a readiness check does to consents that are pending (U10), and which ones those were. */
export function withConfirmedConsents(customer: Customer): { customer: Customer; confirmed: ConsentPath[] } {
  const confirmed = consentPaths.filter((path) => customer.consents[path]?.status === 'PENDING');
  if (confirmed.length === 0) return { customer, confirmed };
  const entries = Object.entries(customer.consents).map(([path, consent]) => [
    path,
    { ...consent, status: 'ACCEPTED' },
  ]);
  return {
    customer: { ...customer, consents: Object.fromEntries(entries) as Customer['consents'] },
    confirmed,
  };
}

/** Those that are not accepted, by the names that answers use (c.2.6). */
export function missingConsents({ consents }: Pick<Customer, 'consents'>): string[] {
  return consentPaths
    .filter((path) => consents[path]?.status !== 'ACCEPTED')
    .map((path) => consentTypes[path]);
}

/** A consent as the calls answer it (c.3.10). */
export function shownConsent(customer: Customer, path: ConsentPath, consent: Consent) {
  const { id, version, status, grantedAt, ipAddress, userAgent } = consent;
  return {
    id,
    consentType: consentTypes[path],
    customerId: customer.id,
    tenantId: customer.tenantId,
    isRequired: true,
    isGranted: status === 'ACCEPTED',
    version,
    status,
    grantedAt: new Date(grantedAt).toISOString(),
    expiresAt: new Date(grantedAt + consentPeriodDays * dayMs).toISOString(),
    consentPeriod: String(consentPeriodDays),
    ipAddress,
    userAgent,
  };
}
