import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is known, after a restored backup, of onboardings beyond what their rows say (docs/decisions/0008-restored-backup.md).
 * `npm run reconcile` fills it; the inbox heeds it when it inserts an onboarding that is read again.
 */
export class RestoredRuns1795000000000 implements MigrationInterface {
  name = 'RestoredRuns1795000000000';

  async up(runner: QueryRunner): Promise<void> {
    // Since when the row may know less than the other side: a step without a record is looked up before it is called.
    await runner.query(`ALTER TABLE stage_run ADD COLUMN look_first_since timestamptz`);
    await runner.query(`
      CREATE TABLE restored_run (
        onboarding_id uuid PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('active', 'passed', 'ended')),
        sequence int NOT NULL,
        answered jsonb NOT NULL,
        results jsonb NOT NULL,
        look_first_since timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE restored_run`);
    await runner.query(`ALTER TABLE stage_run DROP COLUMN look_first_since`);
  }
}
