import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The read model, once per generation: a rebuild fills rows of the next generation beside the live one, and a switch is one
 * row's change. What belongs to a tenant is under forced row-level security; `*` is ops and the projection itself.
 */
export class Tracker1700000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [generation, onboarding, event, deadLetter, position, ...rowSecurity])
      await queryRunner.query(statement);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations are append only: write one that goes forward'));
  }
}

const generation = `
  CREATE TABLE generation (
    number int PRIMARY KEY,
    group_id text NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('building', 'live', 'retired')),
    started_at timestamptz NOT NULL DEFAULT now(),
    switched_at timestamptz
  );
  CREATE UNIQUE INDEX generation_live ON generation (state) WHERE state = 'live';
  CREATE UNIQUE INDEX generation_building ON generation (state) WHERE state = 'building';
`;

const onboarding = `
  CREATE TABLE onboarding (
    generation int NOT NULL,
    onboarding_id uuid NOT NULL,
    tenant_id text NOT NULL,
    request_id text NOT NULL,
    applicant_kind text NOT NULL CHECK (applicant_kind IN ('individual', 'organization')),
    state text NOT NULL CHECK (state IN ('admitted', 'in_progress', 'waiting', 'parked', 'paused',
      'activated', 'rejected', 'cancelled', 'erased', 'refused')),
    stage text NOT NULL,
    outcome text CHECK (outcome IN ('activated', 'rejected', 'cancelled')),
    is_replayed boolean NOT NULL,
    requested_at timestamptz NOT NULL,
    settled_at timestamptz,
    registers jsonb NOT NULL,
    revision bigint NOT NULL,
    is_published boolean NOT NULL,
    PRIMARY KEY (generation, onboarding_id)
  );
  CREATE INDEX onboarding_of_request ON onboarding (generation, request_id);
  CREATE INDEX onboarding_of_tenant ON onboarding (generation, tenant_id, requested_at, onboarding_id);
  CREATE INDEX onboarding_by_state ON onboarding (generation, state, requested_at, onboarding_id);
  CREATE INDEX onboarding_unpublished ON onboarding (generation, onboarding_id) WHERE NOT is_published;
  CREATE INDEX onboarding_settled ON onboarding (generation, settled_at) WHERE settled_at IS NOT NULL;
`;

const event = `
  CREATE TABLE event (
    generation int NOT NULL,
    onboarding_id uuid NOT NULL,
    event_id text NOT NULL,
    tenant_id text NOT NULL,
    topic text NOT NULL,
    at timestamptz NOT NULL,
    command_id uuid,
    "partition" bigint NOT NULL,
    "offset" bigint NOT NULL,
    content jsonb NOT NULL,
    PRIMARY KEY (generation, onboarding_id, event_id)
  );
  CREATE INDEX event_of_command ON event (generation, command_id) WHERE command_id IS NOT NULL;
`;

const deadLetter = `
  CREATE TABLE dead_letter (
    generation int NOT NULL,
    id text NOT NULL,
    at timestamptz NOT NULL,
    topic text NOT NULL,
    "partition" bigint NOT NULL,
    "offset" text NOT NULL,
    consumer text NOT NULL,
    reason text NOT NULL,
    bytes bigint NOT NULL,
    sealed text NOT NULL,
    PRIMARY KEY (generation, id)
  );
  CREATE INDEX dead_letter_by_time ON dead_letter (generation, at, id);
`;

const position = `
  CREATE TABLE position (
    generation int NOT NULL,
    topic text NOT NULL,
    "partition" int NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (generation, topic, "partition")
  );
`;

const tenant = `current_setting('app.tenant_id', true)`;

const rowSecurity = [
  ...['onboarding', 'event'].map(
    (table) => `
      ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
      ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
      CREATE POLICY ${table}_of_tenant ON ${table} USING (${tenant} IN (tenant_id, '*'));
    `,
  ),
  `
    ALTER TABLE dead_letter ENABLE ROW LEVEL SECURITY;
    ALTER TABLE dead_letter FORCE ROW LEVEL SECURITY;
    CREATE POLICY dead_letter_of_ops ON dead_letter USING (${tenant} = '*');
  `,
];
