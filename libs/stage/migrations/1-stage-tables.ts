import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables of a stage; every stage has them in a schema of its own. */
export class StageTables1763850000000 implements MigrationInterface {
  name = 'StageTables1763850000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE stage_run (
        onboarding_id uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        applicant_kind text NOT NULL CHECK (applicant_kind IN ('individual', 'organization')),
        event jsonb NOT NULL,
        traceparent text,
        state text NOT NULL DEFAULT 'active'
          CHECK (state IN ('active', 'waiting', 'parked', 'paused', 'passed', 'ended')),
        results jsonb NOT NULL DEFAULT '{}',
        open_step jsonb,
        intent_at timestamptz,
        settles_at timestamptz,
        sequence int NOT NULL DEFAULT 0,
        attempt int NOT NULL DEFAULT 1,
        replay_of text,
        signals jsonb NOT NULL DEFAULT '[]',
        parked jsonb,
        -- The commands that this stage has answered: the next ones are told of them.
        answered jsonb NOT NULL DEFAULT '[]',
        has_commands boolean NOT NULL DEFAULT false,
        -- When it may be claimed: retry time, time to look again, or the end of the lease; null: never by itself.
        due_at timestamptz,
        -- Who holds it now; null: nobody.
        leased_by text,
        lease_token bigint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CHECK ((state = 'parked') = (parked IS NOT NULL))
      )`);
    await runner.query(
      `CREATE INDEX stage_run_due ON stage_run (tenant_id, due_at) WHERE due_at IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX stage_run_finished ON stage_run (updated_at) WHERE state IN ('passed', 'ended')`,
    );
    await runner.query(`
      CREATE TABLE outbox (
        event_id uuid PRIMARY KEY,
        position bigint GENERATED ALWAYS AS IDENTITY,
        onboarding_id uuid NOT NULL,
        topic text NOT NULL,
        value text NOT NULL,
        headers jsonb NOT NULL,
        claimed_until timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE INDEX outbox_onboarding ON outbox (onboarding_id, position)`);
    await runner.query(`CREATE INDEX outbox_position ON outbox (position)`);
    await runner.query(`
      CREATE TABLE command (
        command_id uuid PRIMARY KEY,
        position bigint GENERATED ALWAYS AS IDENTITY,
        onboarding_id uuid NOT NULL,
        command jsonb NOT NULL,
        occurred_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        applied_at timestamptz
      )`);
    await runner.query(
      `CREATE INDEX command_pending ON command (onboarding_id, position) WHERE applied_at IS NULL`,
    );
    await runner.query(`CREATE INDEX command_received ON command (received_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE command, outbox, stage_run`);
  }
}
