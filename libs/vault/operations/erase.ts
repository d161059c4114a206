import type { Query } from '../database.js';
import { VaultHeld } from '../vault-errors.js';
import type { VaultParts } from '../vault-parts.js';
import { holdReasonOf } from './find-admission.js';

const lockAdmission = `
  select onboarding_id, kek_id, wrapped_key, sealed_hold_reason, erased_at is not null as is_erased,
    num_nonnulls(sealed_passwords, sealed_generated_password)::integer as passwords,
    num_nonnulls(sealed_iban)::integer as ibans,
    num_nonnulls(body_hash, email_hash, customer_hash)::integer as hashes
  from vault.admission where onboarding_id = $1
  for update`;

const eraseAdmission = `
  update vault.admission set erased_at = $2, kek_id = null, wrapped_key = null, sealed_request = null,
    sealed_passwords = null, sealed_generated_password = null, sealed_iban = null, sealed_hold_reason = null,
    body_hash = null, email_hash = null, customer_hash = null
  where onboarding_id = $1 and erased_at is null`;

const eraseRest = `
  with document as (delete from vault.document where onboarding_id = $1 returning 1),
  chunk as (delete from vault.document_chunk where onboarding_id = $1 returning 1),
  upload as (delete from vault.upload where onboarding_id = $1 returning 1),
  correction as (delete from vault.correction where onboarding_id = $1 returning 1)
  select (select count(*) from document)::integer as documents, (select count(*) from chunk)::integer as chunks,
    (select count(*) from upload)::integer as uploads, (select count(*) from correction)::integer as corrections`;

interface LockedAdmission {
  onboarding_id: string;
  kek_id: string | null;
  wrapped_key: Buffer | null;
  sealed_hold_reason: Buffer | null;
  is_erased: boolean;
  passwords: number;
  ibans: number;
  hashes: number;
}

interface RestCounts {
  documents: number;
  chunks: number;
  uploads: number;
  corrections: number;
}

/** A place where personal data could be, and what was there, or that nobody has looked; neither carries any. */
export interface ErasedPlace {
  readonly place: string;
  readonly found: string;
}

/** Destroys the keys and what they sealed, in one transaction. See `Vault.erase`. */
export async function erase(
  { database, keys, clock }: VaultParts,
  onboardingId: string,
): Promise<ErasedPlace[]> {
  return database.inTransaction(async (query) => {
    const [admission] = await query<LockedAdmission>(lockAdmission, [onboardingId]);
    const reason = admission && holdReasonOf(keys, admission);
    if (reason !== undefined) throw new VaultHeld(onboardingId, reason);
    await query(eraseAdmission, [onboardingId, clock.now()]);
    return placesOf(admission, await eraseChildren(query, onboardingId));
  });
}

async function eraseChildren(query: Query, onboardingId: string): Promise<RestCounts> {
  const [counts] = await query<RestCounts>(eraseRest, [onboardingId]);
  return counts ?? { documents: 0, chunks: 0, uploads: 0, corrections: 0 };
}

function placesOf(admission: LockedAdmission | undefined, rest: RestCounts): ErasedPlace[] {
  const requests = admission === undefined || admission.is_erased ? 0 : 1;
  return [
    { place: 'vault: data key', found: destroyed(requests, 'key') },
    { place: 'vault: request', found: destroyed(requests, 'request') },
    { place: 'vault: passwords', found: destroyed(admission?.passwords ?? 0, 'password value') },
    { place: 'vault: IBAN', found: destroyed(admission?.ibans ?? 0, 'IBAN') },
    { place: 'vault: keyed hashes', found: destroyed(admission?.hashes ?? 0, 'hash') },
    { place: 'vault: corrections', found: destroyed(rest.corrections, 'correction') },
    { place: 'vault: documents', found: destroyed(rest.documents, 'document with its key') },
    { place: 'vault: document chunks', found: destroyed(rest.chunks, 'chunk') },
    { place: 'vault: uploads under way', found: destroyed(rest.uploads, 'upload') },
    { place: 'vault: mark', found: admission === undefined ? 'nothing' : 'stays: ids, kind and times' },
    ...outOfReach,
  ];
}

/** Where the person may still be: told with every erasure, so that nobody takes its list for all there is. */
const outOfReach: readonly ErasedPlace[] = [
  {
    place: 'Kafka: intake topic',
    found: 'not looked at: a request that was published there goes after 7 days, the retention of the topic',
  },
  {
    place: 'Kafka and tracker: dead letters',
    found:
      'not looked at: sealed to VAULT_INTAKE_KEY; they go after 90 days, unless they are kept for longer',
  },
  {
    place: 'FinHub',
    found: 'not looked at: it deletes nothing; what was sent there has to be asked for there',
  },
  { place: 'Postgres: backups and WAL', found: 'not looked at: as before, for as long as they are kept' },
];

function destroyed(count: number, what: string): string {
  return count === 0 ? 'nothing' : `${count} x ${what}, destroyed`;
}
