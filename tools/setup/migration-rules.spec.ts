import { describe, expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import { unsafeStatements } from './migration-rules.js';
import { migrationsOfSchema, type Migrations } from './schemas.js';

/** Migrations that break a rule for a reason: its name, and why it is safe all the same. */
const exceptions: ReadonlyMap<string, string> = new Map();

describe('a migration', () => {
  it.each([...migrationsOfSchema])(
    'of schema %s is safe while the old version runs',
    async (_, migrations) => {
      expect(await statementsOf(migrations)).not.toEqual([]);
      expect(unsafeStatements(await statementsOf(migrations))).toEqual([]);
    },
  );

  it.each([
    'ALTER TABLE stage_run DROP COLUMN signals',
    'DROP TABLE command',
    'ALTER TABLE stage_run RENAME COLUMN due_at TO due',
    'ALTER TABLE stage_run ALTER COLUMN sequence TYPE bigint',
    'ALTER TABLE stage_run ALTER COLUMN traceparent SET NOT NULL',
    'ALTER TABLE stage_run ADD COLUMN kind text NOT NULL',
    "ALTER TABLE stage_run ADD CONSTRAINT kinds CHECK (kind IN ('a'))",
    'CREATE INDEX stage_run_kind ON stage_run (kind)',
    'UPDATE stage_run SET sequence = 0',
  ])('that says `%s` is refused', (sql) => {
    expect(unsafeStatements([sql])).toHaveLength(1);
  });

  it.each([
    ['ALTER TABLE stage_run ADD COLUMN kind text'],
    ["ALTER TABLE stage_run ADD COLUMN kind text NOT NULL DEFAULT 'a'"],
    ["ALTER TABLE stage_run ADD CONSTRAINT kinds CHECK (kind IN ('a')) NOT VALID"],
    ['ALTER TABLE stage_run VALIDATE CONSTRAINT kinds'],
    ['CREATE INDEX CONCURRENTLY stage_run_kind ON stage_run (kind)'],
    ['CREATE TABLE thing (id int)', 'CREATE INDEX thing_id ON thing (id)'],
  ])('that says `%s` is not', (...statements) => {
    expect(unsafeStatements(statements)).toEqual([]);
  });
});

async function statementsOf(migrations: Migrations): Promise<string[]> {
  const statements: string[] = [];
  const runner = {
    query: async (sql: string) => {
      statements.push(sql);
    },
  } as unknown as QueryRunner;
  for (const Migration of migrations) {
    const migration = new Migration();
    if (!exceptions.has(migration.name ?? '')) await migration.up(runner);
  }
  return statements;
}
