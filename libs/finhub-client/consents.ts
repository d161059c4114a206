import type { Consent, Signatory } from '#contracts/request.js';
import type { Body, FinhubApi } from './api.js';
import type { Call } from './call.js';
import type { Envelope } from './envelope.js';
import { FinhubFailure } from './failure.js';
import type { Customer } from './readiness.js';

export interface ConsentCalls {
  /**
   * Accepts a consent from the address and with the user agent that the applicant had. Repeatable. `isAccepted` is false
   * where FinHub has it pending, or has had it before (409): readiness says when it is accepted. CONTRACT.md c.2.6, c.3.10, U10, U10b, U17.
   */
  acceptConsent(
    request: Customer & {
      readonly consent: Consent;
      /** Of an organization. */
      readonly signatory?: Signatory | undefined;
    },
    call?: Call,
  ): Promise<{ isAccepted: boolean }>;
}

export function consentCalls(api: FinhubApi): ConsentCalls {
  return {
    acceptConsent({ kind, customerId, consent, signatory }, call) {
      const { type: consentType, version, acceptedAt: acceptanceTimestamp } = consent;
      const origin = { ipAddress: consent.ipAddress, userAgent: consent.userAgent };
      const accepted: Body<'IndividualConsent'> = { accepted: true, version, acceptanceTimestamp };
      const request = { origin, read: readConsent };
      if (kind === 'individual') {
        const path = { customerId, consentType };
        return unlessAcceptedBefore(
          api.request('acceptIndividualConsent', { ...request, path, body: accepted }, call),
        );
      }
      const body: Body<'OrganizationConsent'> = {
        ...accepted,
        ...(signatory && { acceptedBy: { ...signatory, authority: 'AUTHORIZED_SIGNATORY' } }),
      };
      const path = { organizationId: customerId, consentType };
      return unlessAcceptedBefore(api.request('acceptOrganizationConsent', { ...request, path, body }, call));
    },
  };
}

/** A repeat is expected to give the same state (U24); where it is a conflict, readiness says whether the first was accepted. */
async function unlessAcceptedBefore(
  acceptance: Promise<{ isAccepted: boolean }>,
): Promise<{ isAccepted: boolean }> {
  try {
    return await acceptance;
  } catch (error) {
    if (error instanceof FinhubFailure && error.code === 'conflict') return { isAccepted: false };
    throw error;
  }
}

/** `data` may be missing altogether (b.4): then the status of the answer is the acceptance. */
function readConsent({ data }: Envelope): { isAccepted: boolean } {
  const status = data.text('status');
  return { isAccepted: status === undefined ? (data.flag('isGranted') ?? true) : status === 'ACCEPTED' };
}
