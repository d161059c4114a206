import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The gateway's tables. Row-level security is forced: a statement sees the rows of the tenant in `gateway.tenant_id`, the key in
 * `gateway.key_prefix` (before its tenant is known), or all rows where `gateway.worker` is `on`.
 */
export class GatewayTables1790000000001 implements MigrationInterface {
  name = 'GatewayTables1790000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table api_key (
        id uuid primary key,
        prefix text not null unique,
        hash bytea not null,
        tenant_id text not null,
        name text not null,
        scopes text[] not null check (scopes <@ array['submit', 'read', 'iban:read', 'ops'] and scopes <> '{}'),
        created_at timestamptz not null default now(),
        revoked_at timestamptz,
        last_used_at timestamptz,
        unique (tenant_id, name)
      );

      -- One row per accepted POST whose event Kafka has not acknowledged yet; gone in milliseconds when all is well.
      create table unpublished (
        id uuid primary key,
        tenant_id text not null,
        onboarding_id uuid not null,
        traceparent text,
        created_at timestamptz not null default now(),
        claimed_until timestamptz not null
      );
      create index unpublished_onboarding on unpublished (onboarding_id);
      create index unpublished_claimed_until on unpublished (claimed_until);

      -- Webhooks whose commands Kafka has acknowledged; the sweeper removes them after 30 days.
      create table webhook_event (
        tenant_id text not null,
        event_id text not null,
        received_at timestamptz not null default now(),
        primary key (tenant_id, event_id)
      );
      create index webhook_event_received_at on webhook_event (received_at);
    `);
    for (const table of ['api_key', 'unpublished', 'webhook_event'])
      await queryRunner.query(`
        alter table ${table} enable row level security;
        alter table ${table} force row level security;
        create policy tenant on ${table} using (tenant_id = current_setting('gateway.tenant_id', true));
        create policy worker on ${table} using (current_setting('gateway.worker', true) = 'on');
      `);
    await queryRunner.query(`
      create policy key_lookup on api_key for select using (prefix = current_setting('gateway.key_prefix', true));
      create policy key_use on api_key for update using (prefix = current_setting('gateway.key_prefix', true));
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table webhook_event; drop table unpublished; drop table api_key;');
  }
}
