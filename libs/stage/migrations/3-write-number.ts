import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which write a row holds, so that one that reaches Postgres only after it was made again changes nothing. */
export class WriteNumber1795000001000 implements MigrationInterface {
  name = 'WriteNumber1795000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE stage_run ADD COLUMN write_number bigint NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE stage_run DROP COLUMN write_number`);
  }
}
