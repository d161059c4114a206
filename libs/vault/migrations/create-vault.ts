import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables that hold a tenant's rows. */
const tenantTables = ['admission', 'document', 'document_chunk', 'upload', 'correction'];

/**
 * The vault's tables. Everything personal is a `sealed_*` column (AES-256-GCM under the row's own data key) or a `*_hash`
 * (keyed). Row-level security is forced on each table with a policy for the tenant in `app.tenant_id`; the grants add
 * the policy of those who serve all tenants.
 */
export class CreateVault1700000000001 implements MigrationInterface {
  readonly name = 'CreateVault1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    const tables = [admission, document, documentChunk, upload, correction, keyCheck];
    for (const statement of [...tables, ...storage, ...indexes]) await runner.query(statement);
    for (const table of tenantTables) {
      await runner.query(`alter table vault.${table} enable row level security`);
      await runner.query(`alter table vault.${table} force row level security`);
      await runner.query(`create policy own_tenant on vault.${table} ${ownTenant}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...tenantTables.toReversed(), 'key_check'])
      await runner.query(`drop table vault.${table}`);
  }
}

const ownTenant = `
  using (tenant_id = current_setting('app.tenant_id', true))
  with check (tenant_id = current_setting('app.tenant_id', true))`;

/** One row per admitted request. Erased, only ids, kind and times stay: the mark that a re-read of the intake meets. */
const admission = `
  create table vault.admission (
    onboarding_id uuid primary key,
    tenant_id text not null,
    request_id text not null,
    applicant_kind text not null check (applicant_kind in ('individual', 'organization')),
    admitted_at timestamptz not null,
    kek_id text,
    wrapped_key bytea,
    sealed_request bytea,
    sealed_passwords bytea,
    sealed_generated_password bytea,
    passwords_destroyed_at timestamptz,
    sealed_iban bytea,
    sealed_hold_reason bytea,
    body_hash bytea,
    email_hash bytea,
    customer_hash bytea,
    erased_at timestamptz,
    unique (tenant_id, request_id),
    constraint erased_keeps_nothing check (
      case when erased_at is null
        then num_nulls(kek_id, wrapped_key, sealed_request, body_hash) = 0
        else num_nonnulls(kek_id, wrapped_key, sealed_request, sealed_passwords, sealed_generated_password,
          sealed_iban, sealed_hold_reason, body_hash, email_hash, customer_hash) = 0
      end)
  )`;

/** One row per complete document, before or after its request is admitted; its data key is its own. */
const document = `
  create table vault.document (
    onboarding_id uuid not null,
    document_id uuid not null,
    tenant_id text not null,
    upload_id uuid not null unique,
    mime_type text not null check (mime_type ~ '^[a-z]+/[a-z0-9.+-]{1,100}$'),
    size_bytes bigint not null check (size_bytes > 0),
    kek_id text not null,
    wrapped_key bytea not null,
    sealed_sha256 bytea not null,
    completed_at timestamptz not null,
    primary key (onboarding_id, document_id)
  )`;

/** The sealed bytes, 256 kB a row. Those of an upload that never completed open for nobody. */
const documentChunk = `
  create table vault.document_chunk (
    upload_id uuid not null,
    position integer not null check (position >= 0),
    onboarding_id uuid not null,
    tenant_id text not null,
    sealed bytea not null,
    primary key (upload_id, position)
  )`;

/** Uploads under way, or cut off: finds the chunks that belong to no document. */
const upload = `
  create table vault.upload (
    upload_id uuid primary key,
    onboarding_id uuid not null,
    tenant_id text not null,
    started_at timestamptz not null
  )`;

/** What ops changed in a request; the place and the value are sealed together. */
const correction = `
  create table vault.correction (
    correction_id uuid primary key,
    position bigint generated always as identity,
    onboarding_id uuid not null references vault.admission on delete cascade,
    tenant_id text not null,
    state text not null check (state in ('proposed', 'accepted', 'reverted')),
    proposed_at timestamptz not null,
    sealed_change bytea not null,
    sealed_passwords bytea
  )`;

/** A known value per key: a service with another key than the one that sealed it does not start. */
const keyCheck = `
  create table vault.key_check (
    key_id text primary key,
    sealed bytea not null
  )`;

/** Ciphertext does not compress: no time is spent on trying. */
const storage = [
  `alter table vault.admission alter sealed_request set storage external`,
  `alter table vault.document_chunk alter sealed set storage external`,
];

const indexes = [
  `create index admission_by_email on vault.admission (tenant_id, email_hash) where email_hash is not null`,
  `create index admission_by_customer on vault.admission (tenant_id, customer_hash) where customer_hash is not null`,
  `create index admission_erased on vault.admission (erased_at) where erased_at is not null`,
  `create index document_chunk_of_onboarding on vault.document_chunk (onboarding_id)`,
  `create index correction_of_onboarding on vault.correction (onboarding_id, position)`,
];
