import type { Body, FinhubApi } from './api.js';
import type { Call } from './call.js';
import type { Envelope } from './envelope.js';
import { FinhubFailure } from './failure.js';
import { Unreadable, type Fields } from './fields.js';
import { actingUserHeaders } from './headers.js';
import {
  readinessCalls,
  verificationStatusOf,
  type Customer,
  type ReadinessCalls,
  type VerificationStatus,
} from './readiness.js';

type Level = 'TENANT_VERIFIED' | 'POWER_TENANT_VERIFIED';

/** CONTRACT.md c.2.4. */
export interface IdentityDocument {
  readonly documentType: 'PASSPORT' | 'ID_CARD';
  /** Personal data. */
  readonly documentNumber?: string;
}

export interface OpenVerification extends Customer {
  /**
   * Who asks for it: the individual's own user, or the organization's acting user (U37); where FinHub never named one (U4) the
   * tenant's admin, in whose session it is.
   */
  readonly actingUserId: string;
  readonly level: Level;
  /** What an individual identifies with, where `POST /{customerId}/verification` opens it. */
  readonly identity?: IdentityDocument | undefined;
  /** Of the acting user of an organization; default `ADMIN_USER`. */
  readonly roles?: readonly string[] | undefined;
}

export interface VerificationCalls extends ReadinessCalls {
  /**
   * Opens a verification; a second call opens a second one (U24). Organizations by `/verify`, and by `POST /verifications`
   * where FinHub does not have that (404; c.3.8), individuals by the tenant's `verificationCall`: `POST /verifications` (c.4.1) or `POST /{customerId}/verification` (c.2.4).
   */
  openVerification(request: OpenVerification, call?: Call): Promise<{ verificationId: string }>;
  /**
   * Asks readiness, and the verification itself where readiness does not tell and the id is known; that call is assumed,
   * so any refusal of it means `unknown`. CONTRACT.md c.4.5, U9.
   */
  verificationStatus(
    request: Customer & { readonly verificationId?: string | undefined },
    call?: Call,
  ): Promise<VerificationStatus>;
  /**
   * Decides in the tenant's name and gives FinHub's verdict, which may differ (U39). On a closed verification (409) the
   * verdict is looked up. Repeatable. CONTRACT.md c.4.3.
   */
  approve(
    request: Customer & { readonly verificationId: string; readonly comment: string },
    call?: Call,
  ): Promise<'approved' | 'rejected' | 'open'>;
}

export function verificationCalls(api: FinhubApi): VerificationCalls {
  const readiness = readinessCalls(api);
  const verificationStatus: VerificationCalls['verificationStatus'] = async (
    { verificationId, ...customer },
    call,
  ) => {
    const { verification } = await readiness.readiness(customer, call);
    if (verification !== 'unknown' || verificationId === undefined) return verification;
    return statusById(api, verificationId, call);
  };
  return {
    ...readiness,
    verificationStatus,
    openVerification: (request, call) => open(api, request, call),
    async approve(request, call) {
      try {
        return await decide(api, request, call);
      } catch (error) {
        if (!(error instanceof FinhubFailure) || error.status !== 409) throw error;
        const status = await verificationStatus(request, call);
        return status === 'approved' || status === 'rejected' ? status : 'open';
      }
    },
  };
}

async function open(
  api: FinhubApi,
  request: OpenVerification,
  call?: Call,
): Promise<{ verificationId: string }> {
  const { kind, customerId, actingUserId, level, identity } = request;
  const isOrganization = kind === 'organization';
  if (!isOrganization && api.settings.verificationCall === 'customer-verification') {
    const body: Body<'NewCustomerVerification'> = {
      verificationType: level === 'POWER_TENANT_VERIFIED' ? 'ENHANCED' : 'STANDARD',
      ...(identity === undefined ? {} : { verificationData: identity }),
    };
    return api.request('openCustomerVerification', { path: { customerId }, body, read: readOpened }, call);
  }
  const body = {
    customerId,
    type: isOrganization ? 'BUSINESS_VERIFICATION' : 'IDENTITY_VERIFICATION',
    requestedLevel: level,
    requestedByUserId: actingUserId,
    requestedByTenantId: await api.tenantUuid(call),
    notes: 'onboarding',
  } satisfies Body<'NewVerification'>;
  if (!isOrganization) return api.request('openVerification', { body, read: readOpened }, call);
  return openOfOrganization(api, { request, body }, call);
}

/** By its own call, and by the general one where FinHub does not have that: then nothing was opened. */
async function openOfOrganization(
  api: FinhubApi,
  { request, body }: { request: OpenVerification; body: Body<'NewVerification'> },
  call?: Call,
): Promise<{ verificationId: string }> {
  const { customerId, actingUserId, roles = ['ADMIN_USER'] } = request;
  const path = { organizationId: customerId };
  const headers = actingUserHeaders(actingUserId, roles);
  try {
    return await api.request('openOrganizationVerification', { path, headers, body, read: readOpened }, call);
  } catch (error) {
    if (!(error instanceof FinhubFailure) || error.code !== 'not_found') throw error;
    return api.request('openVerification', { body, read: readOpened }, call);
  }
}

function readOpened({ data }: Envelope): { verificationId: string } {
  return { verificationId: data.need('verificationId', 'id') };
}

async function statusById(api: FinhubApi, verificationId: string, call?: Call): Promise<VerificationStatus> {
  try {
    const read = ({ data }: { data: Fields }) =>
      verificationStatusOf(data.text('status', 'verificationStatus'));
    return await api.request('getVerification', { path: { verificationId }, read }, call);
  } catch (error) {
    if (error instanceof FinhubFailure && error.status !== undefined && isRefusal(error.status))
      return 'unknown';
    throw error;
  }
}

/** FinHub may not have the call: readiness has just been told with the same credentials. Rate limits are another matter. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 429].includes(status);
}

function decide(
  api: FinhubApi,
  { kind, customerId, verificationId, comment }: Parameters<VerificationCalls['approve']>[0],
  call?: Call,
): Promise<'approved' | 'rejected' | 'open'> {
  const isOrganization = kind === 'organization';
  const body: Body<'Decision'> = {
    verificationId,
    status: 'APPROVED',
    comment,
    customerId,
    ...(isOrganization ? { organizationId: customerId } : {}),
    verificationType: isOrganization ? 'BUSINESS_VERIFICATION' : 'IDENTITY_VERIFICATION',
    userId: api.settings.adminUserId,
  };
  return api.request('decideVerification', { path: { verificationId }, body, read: readDecided }, call);
}

function readDecided({ data }: Envelope): 'approved' | 'rejected' | 'open' {
  const status = verificationStatusOf(data.need('status', 'verificationStatus'));
  if (status === 'unknown' || status === 'none') throw new Unreadable('an unknown status');
  return status;
}
