import type { Query } from '../database.js';
import type { PreparedAdmission } from './prepare-admission.js';

/** What became of one row: stored now, or what lies there instead. */
export interface AdmissionOutcome {
  readonly isNew: boolean;
  readonly isErased: boolean;
  readonly bodyHash: Buffer | null;
}

const insertAdmissions = `
  with inserted as (
    insert into vault.admission (onboarding_id, tenant_id, request_id, applicant_kind, kek_id, wrapped_key,
      sealed_request, sealed_passwords, body_hash, email_hash, admitted_at)
    select given.*, $11::timestamptz
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[],
      $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[]) as given
    on conflict do nothing
    returning onboarding_id
  ), stored_document as (
    insert into vault.document (onboarding_id, tenant_id, document_id, upload_id, mime_type, size_bytes, kek_id,
      wrapped_key, sealed_sha256, completed_at)
    select given.*, $11::timestamptz
    from unnest($12::uuid[], $13::text[], $14::uuid[], $15::uuid[], $16::text[], $17::bigint[], $18::text[],
      $19::bytea[], $20::bytea[]) as given (onboarding_id)
    join inserted using (onboarding_id)
    on conflict do nothing
    returning upload_id, onboarding_id, tenant_id
  ), stored_chunk as (
    insert into vault.document_chunk (upload_id, position, onboarding_id, tenant_id, sealed)
    select chunk.upload_id, chunk.position, stored_document.onboarding_id, stored_document.tenant_id, chunk.sealed
    from unnest($21::uuid[], $22::integer[], $23::bytea[]) as chunk (upload_id, position, sealed)
    join stored_document using (upload_id)
  )
  select wanted.onboarding_id, inserted.onboarding_id is not null as is_new,
    present.erased_at is not null as is_erased, present.body_hash,
    coalesce(inserted.onboarding_id, present.onboarding_id) is not null as is_known
  from unnest($1::uuid[]) as wanted (onboarding_id)
  left join inserted using (onboarding_id)
  left join vault.admission as present using (onboarding_id)`;

const findOutcomes = `
  select onboarding_id, false as is_new, erased_at is not null as is_erased, body_hash, true as is_known
  from vault.admission where onboarding_id = any($1::uuid[])`;

interface OutcomeRow {
  onboarding_id: string;
  is_new: boolean;
  is_erased: boolean;
  body_hash: Buffer | null;
  is_known: boolean;
}

/**
 * Stores what is not there yet, documents included, in one statement, and says of each row what became of it. The rows must
 * be sorted by onboarding id: two calls with the same rows in different orders would lock each other out.
 */
export async function insertAdmissionRows(
  query: Query,
  rows: readonly PreparedAdmission[],
  now: Date,
): Promise<Map<string, AdmissionOutcome>> {
  const outcomes = await query<OutcomeRow>(insertAdmissions, parametersOf(rows, now));
  // The statement does not see a row that another call committed while it waited for it: look once more.
  const unseen = outcomes.filter((row) => !row.is_known).map((row) => row.onboarding_id);
  const late = unseen.length === 0 ? [] : await query<OutcomeRow>(findOutcomes, [unseen]);
  return new Map(
    [...outcomes, ...late].map((row) => [
      row.onboarding_id,
      { isNew: row.is_new, isErased: row.is_erased, bodyHash: row.body_hash },
    ]),
  );
}

function parametersOf(rows: readonly PreparedAdmission[], now: Date): unknown[] {
  const documents = rows.flatMap((row) => row.documents);
  const chunks = documents.flatMap(({ uploadId, chunks: sealed }) =>
    sealed.map((bytes, position) => ({ uploadId, position, bytes })),
  );
  return [
    rows.map((row) => row.onboardingId),
    rows.map((row) => row.tenantId),
    rows.map((row) => row.requestId),
    rows.map((row) => row.applicantKind),
    rows.map((row) => row.kekId),
    rows.map((row) => row.wrapped),
    rows.map((row) => row.sealedRequest),
    rows.map((row) => row.sealedPasswords),
    rows.map((row) => row.bodyHash),
    rows.map((row) => row.emailHash),
    now,
    documents.map((document) => document.onboardingId),
    documents.map((document) => document.tenantId),
    documents.map((document) => document.documentId),
    documents.map((document) => document.uploadId),
    documents.map((document) => document.mimeType),
    documents.map((document) => document.sizeBytes),
    documents.map((document) => document.kekId),
    documents.map((document) => document.wrapped),
    documents.map((document) => document.sealedSha256),
    chunks.map((chunk) => chunk.uploadId),
    chunks.map((chunk) => chunk.position),
    chunks.map((chunk) => chunk.bytes),
  ];
}
