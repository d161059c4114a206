import type { ClientBase } from 'pg';

/** The timeline is another one after each promotion, the number after each restore by name. */
const identitySql = `
SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) || ' ' || oid AS identity
FROM pg_database WHERE datname = current_database()`;

/**
 * Sees to it that all connections of a process are to one and the same database. When a new one meets another, Postgres has
 * failed over or the database was made anew, and may have forgotten commits: `onOther` is told once, before the connection is
 * used. Whoever is told ends the process; its next start looks whether the database is older (kafka-ahead.ts).
 */
export class SameDatabase {
  private known: string | undefined;
  private isTold = false;

  /** Set by whoever can end the process: connections are made before there is a logger. */
  onOther: () => void = () => undefined;

  /** For each new connection, before anything else. A standby, or a Postgres of another make, does not say who it is. */
  async check(client: ClientBase): Promise<void> {
    const identity = await client.query<{ identity: string }>(identitySql).then(
      ({ rows }) => rows[0]?.identity,
      () => undefined,
    );
    if (identity === undefined) return;
    this.known ??= identity;
    if (identity === this.known || this.isTold) return;
    this.isTold = true;
    this.onOther();
  }
}
