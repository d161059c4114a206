import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { inTransaction } from '#platform/transaction.js';

/** Runs one statement and gives its rows. */
export type Query = <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/**
 * The vault's way into Postgres: the calling service's own pool. With a tenant, every statement runs in a transaction in
 * which row-level security shows and takes that tenant's rows only; without, what the service's role may see.
 */
export class VaultDatabase {
  constructor(
    private readonly pool: Pool,
    private readonly tenantId?: string,
  ) {}

  /** The same pool, seen as one tenant. */
  forTenant(tenantId: string): VaultDatabase {
    return new VaultDatabase(this.pool, tenantId);
  }

  /** One statement, committed. */
  readonly query: Query = async <Row extends QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
  ) => {
    if (this.tenantId !== undefined) return this.inTransaction((query) => query<Row>(sql, values));
    return (await this.pool.query<Row>(sql, [...values])).rows;
  };

  /** Several statements, committed together, or none of them when `work` throws. */
  async inTransaction<Result>(work: (query: Query) => Promise<Result>): Promise<Result> {
    const settings = this.tenantId === undefined ? {} : { 'app.tenant_id': this.tenantId };
    return inTransaction(this.pool, settings, (client) => work(queryOf(client)));
  }
}

function queryOf(client: PoolClient): Query {
  return async <Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
    (await client.query<Row>(sql, [...values])).rows;
}
