import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Up to when each tenant's calls are spoken for. Not logged: after a crash of Postgres the quota begins anew. */
export class CreateQuota1764000000001 implements MigrationInterface {
  name = 'CreateQuota1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE quota.pace (
        tenant_id text PRIMARY KEY,
        next_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE quota.pace`);
  }
}
