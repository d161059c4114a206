import type { Pool, PoolClient, QueryResultRow } from 'pg';

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
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      if (this.tenantId !== undefined)
        await client.query(`select set_config('app.tenant_id', $1, true)`, [this.tenantId]);
      const result = await work(queryOf(client));
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      // A connection that cannot even roll back is thrown away, with its transaction.
      await client.query('rollback').then(
        () => {
          client.release();
        },
        (reason: unknown) => {
          client.release(reason instanceof Error ? reason : true);
        },
      );
      throw error;
    }
  }
}

function queryOf(client: PoolClient): Query {
  return async <Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
    (await client.query<Row>(sql, [...values])).rows;
}
