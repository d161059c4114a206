import type { ApplicantKind } from '#contracts/contract.js';
import { customerHash, emailHash } from '../sealing/keyed-hash.js';
import { VaultErased, VaultMissing } from '../vault-errors.js';
import type { VaultParts } from '../vault-parts.js';

const columns = `onboarding_id, request_id, applicant_kind, admitted_at`;
const byEmail = `
  select ${columns} from vault.admission where tenant_id = $1 and email_hash = $2 order by admitted_at, onboarding_id`;
const byCustomer = `
  select ${columns} from vault.admission where tenant_id = $1 and customer_hash = $2 order by admitted_at, onboarding_id`;

const findTenant = `select tenant_id from vault.admission where onboarding_id = $1`;
const storeCustomer = `
  update vault.admission set customer_hash = $2 where onboarding_id = $1 and erased_at is null
  returning onboarding_id`;

interface MatchRow {
  onboarding_id: string;
  request_id: string;
  applicant_kind: ApplicantKind;
  admitted_at: Date;
}

/** An onboarding that a webhook of FinHub may be about. */
export interface Match {
  readonly onboardingId: string;
  readonly requestId: string;
  readonly applicantKind: ApplicantKind;
  readonly admittedAt: Date;
}

/** The tenant's onboardings whose applicant has this e-mail address, oldest first; capitals do not matter. */
export async function findByEmail(
  { database, keys }: VaultParts,
  tenantId: string,
  email: string,
): Promise<Match[]> {
  const rows = await database.query<MatchRow>(byEmail, [tenantId, emailHash(keys, tenantId, email)]);
  return rows.map(matchOf);
}

/** The tenant's onboardings that became this customer, oldest first. */
export async function findByCustomer(
  { database, keys }: VaultParts,
  tenantId: string,
  customerId: string,
): Promise<Match[]> {
  const rows = await database.query<MatchRow>(byCustomer, [
    tenantId,
    customerHash(keys, tenantId, customerId),
  ]);
  return rows.map(matchOf);
}

/** Remembers which customer an onboarding became. */
export async function rememberCustomer(
  { database, keys }: VaultParts,
  onboardingId: string,
  customerId: string,
): Promise<void> {
  const [admission] = await database.query<{ tenant_id: string }>(findTenant, [onboardingId]);
  if (admission === undefined) throw new VaultMissing(onboardingId);
  const hash = customerHash(keys, admission.tenant_id, customerId);
  const stored = await database.query(storeCustomer, [onboardingId, hash]);
  if (stored.length === 0) throw new VaultErased(onboardingId);
}

function matchOf(row: MatchRow): Match {
  return {
    onboardingId: row.onboarding_id,
    requestId: row.request_id,
    applicantKind: row.applicant_kind,
    admittedAt: row.admitted_at,
  };
}
