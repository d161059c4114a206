import type { FinhubApi } from './api.js';
import type { Call } from './call.js';
import { plain } from './excerpt.js';
import type { Fields } from './fields.js';

/** What kind of customer it is, and its id: for an organization the organization's. */
export interface Customer {
  readonly kind: 'individual' | 'organization';
  readonly customerId: string;
}

/** `unknown`: FinHub does not say; nothing may be concluded. */
export type VerificationStatus = 'none' | 'open' | 'approved' | 'rejected' | 'unknown';

export interface Readiness {
  readonly isAllowed: boolean;
  readonly verification: VerificationStatus;
  /** What FinHub says is missing, in {@link plain} words: no personal data. */
  readonly missing: string[];
}

export interface ReadinessCalls {
  /** What a customer still lacks before it can be activated. CONTRACT.md c.2.7, c.3.11, U13. */
  readiness(customer: Customer, call?: Call): Promise<Readiness>;
}

export function readinessCalls(api: FinhubApi): ReadinessCalls {
  return {
    async readiness({ kind, customerId }, call) {
      const read = ({ data }: { data: Fields }) => readReadiness(data);
      if (kind === 'organization') {
        const path = { organizationId: customerId };
        return api.request('checkOrganizationReadiness', { path, read }, call);
      }
      const path = { customerId, ownerTenantId: await api.tenantUuid(call) };
      return api.request('checkIndividualReadiness', { path, read }, call);
    },
  };
}

/** Every known name of a verification's status (U6, U8, U13). */
export function verificationStatusOf(status: string | undefined): VerificationStatus {
  switch (status?.toUpperCase()) {
    case 'NONE':
    case 'NOT_STARTED':
      return 'none';
    case 'PENDING':
    case 'IN_PROGRESS':
    case 'INITIATED':
    case 'PENDING_DOCUMENTS':
      return 'open';
    case 'APPROVED':
      return 'approved';
    case 'REJECTED':
      return 'rejected';
    default:
      return 'unknown';
  }
}

/** Every field is optional (U13): what is not said is not so. */
function readReadiness(data: Fields): Readiness {
  const isConsentOk = data.flag('consentOk') ?? false;
  const status = verificationStatusOf(data.text('verificationStatus', 'verification.status'));
  const isVerificationOk = data.flag('verificationOk') ?? status === 'approved';
  return {
    isAllowed: data.flag('activationAllowed', 'canActivate') ?? (isConsentOk && isVerificationOk),
    verification: status === 'unknown' && isVerificationOk ? 'approved' : status,
    missing: missingIn(data),
  };
}

/** Lists under names such as `missingConsents`, `missingDocuments`; whose consent is missing FinHub may say by name. */
function missingIn(data: Fields): string[] {
  return data
    .entries()
    .filter(([key]) => /^missing/u.test(key))
    .flatMap(([, list]) => list.items() ?? [])
    .flatMap((item) => (typeof item.value === 'string' ? [plain(item.value).slice(0, 100)] : []));
}
