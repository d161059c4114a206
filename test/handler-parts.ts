import { randomUUID } from 'node:crypto';
import type { ApplicantKind, Contract } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';
import { individualRequestExample, organizationRequestExample } from '#contracts/request-examples.js';
import type { OnboardingRequest } from '#contracts/request.js';
import type { FinhubClient, FinhubTenant } from '#finhub-client/client.js';
import { systemClock } from '#platform/clock.js';
import { Applicants } from '#stage-service/applicants.js';
import type { Vault } from '#vault/vault.js';

/** What a spec's FinHub can do; a call that it lacks fails the spec. */
export type FakeTenant = Partial<Omit<FinhubTenant, 'settings'>> & {
  readonly settings?: Partial<FinhubTenant['settings']>;
};

/** A client all of whose tenants are this one. */
export function finhubOf(tenant: FakeTenant): FinhubClient {
  return { tenant: () => tenant } as unknown as FinhubClient;
}

/** A vault that holds this request, and can do what else the spec gives. */
export function vaultOf(request: unknown, rest: Partial<Vault> = {}): Vault {
  return { request: () => Promise.resolve(request), ...rest } as unknown as Vault;
}

/** The requests of applicants, from such a vault. */
export function applicantsOf(request: unknown): Applicants {
  return new Applicants(vaultOf(request), systemClock);
}

/** A valid request of the kind. */
export function requestOf(kind: ApplicantKind): OnboardingRequest {
  return kind === 'individual' ? individualRequestExample : organizationRequestExample;
}

/** An event as a handler gets it. */
export function eventOf<Data>(
  contract: Contract<Data>,
  data: Data,
  applicantKind: ApplicantKind = 'individual',
): OnboardingEvent<Data> {
  const onboardingId = randomUUID();
  return {
    id: randomUUID(),
    type: contract.type,
    time: '2030-01-01T00:00:00Z',
    onboardingId,
    tenantId: 'tenant-a',
    requestId: 'request-1',
    applicantKind,
    stage: 'spec',
    correlationId: onboardingId,
    data,
  };
}
