import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far each partition is stored, so that a database which is older than that is noticed (kafka-ahead.ts). */
export class StoredOffsets1796000000000 implements MigrationInterface {
  name = 'StoredOffsets1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE stored_offset (
        topic text NOT NULL,
        partition int NOT NULL,
        next_offset bigint NOT NULL,
        PRIMARY KEY (topic, partition)
      ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE stored_offset`);
  }
}
