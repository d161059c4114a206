import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * After a restored backup: the number under which the end of a stage whose last steps are done again was told
 * (docs/decisions/0008-restored-backup.md).
 */
export class ToldEnd1796300000000 implements MigrationInterface {
  name = 'ToldEnd1796300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE stage_run ADD COLUMN told_end int`);
    await runner.query(`ALTER TABLE restored_run ADD COLUMN told_end int`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE restored_run DROP COLUMN told_end`);
    await runner.query(`ALTER TABLE stage_run DROP COLUMN told_end`);
  }
}
