import type { ApplicantKind } from '#contracts/contract.js';
import type { AdmissionRecord } from '../admission.js';
import { open } from '../sealing/aes-gcm.js';
import { unwrapDataKey } from '../sealing/data-key.js';
import type { VaultKeys } from '../vault-keys.js';
import type { VaultParts } from '../vault-parts.js';

const columns = `onboarding_id, tenant_id, request_id, applicant_kind, admitted_at, erased_at, kek_id, wrapped_key,
  sealed_hold_reason`;
const findByRequest = `select ${columns} from vault.admission where tenant_id = $1 and request_id = $2`;
const findById = `select ${columns} from vault.admission where onboarding_id = $1`;

interface AdmissionRow {
  onboarding_id: string;
  tenant_id: string;
  request_id: string;
  applicant_kind: ApplicantKind;
  admitted_at: Date;
  erased_at: Date | null;
  kek_id: string | null;
  wrapped_key: Buffer | null;
  sealed_hold_reason: Buffer | null;
}

/** The admission under an upstream's own request id. */
export async function findAdmission(
  { database, keys }: VaultParts,
  tenantId: string,
  requestId: string,
): Promise<AdmissionRecord | undefined> {
  const [row] = await database.query<AdmissionRow>(findByRequest, [tenantId, requestId]);
  return row && recordOf(keys, row);
}

/** The admission of an onboarding. */
export async function findAdmissionById(
  { database, keys }: VaultParts,
  onboardingId: string,
): Promise<AdmissionRecord | undefined> {
  const [row] = await database.query<AdmissionRow>(findById, [onboardingId]);
  return row && recordOf(keys, row);
}

function recordOf(keys: VaultKeys, row: AdmissionRow): AdmissionRecord {
  const holdReason = holdReasonOf(keys, row);
  return {
    onboardingId: row.onboarding_id,
    tenantId: row.tenant_id,
    requestId: row.request_id,
    applicantKind: row.applicant_kind,
    admittedAt: row.admitted_at,
    isErased: row.erased_at !== null,
    ...(holdReason === undefined ? {} : { holdReason }),
  };
}

/** What a human wrote about a person stays sealed until someone asks. */
export function holdReasonOf(
  keys: VaultKeys,
  row: Pick<AdmissionRow, 'onboarding_id' | 'kek_id' | 'wrapped_key' | 'sealed_hold_reason'>,
): string | undefined {
  if (row.sealed_hold_reason === null || row.kek_id === null || row.wrapped_key === null) return undefined;
  const onboardingId = row.onboarding_id;
  const dataKey = unwrapDataKey(keys, { kekId: row.kek_id, wrapped: row.wrapped_key }, { onboardingId });
  return open(dataKey, row.sealed_hold_reason, { onboardingId, field: 'hold-reason' }).toString();
}
