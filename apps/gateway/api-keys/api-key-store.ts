import { GatewayDatabase } from '../gateway-database.js';
import type { ApiKey, Scope, StoredSecret } from './api-key.js';

interface Row {
  readonly id: string;
  readonly prefix: string;
  readonly hash: Buffer;
  readonly tenant_id: string;
  readonly name: string;
  readonly scopes: Scope[];
  readonly created_at: Date;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}

/** A key's name is taken within its tenant. */
export class ApiKeyNameTaken extends Error {
  constructor(name: string) {
    super(`there is a key named ${name} already, revoked keys included`);
  }
}

/** The keys in schema `gateway`; of a secret only its keyed hash is there. */
export class ApiKeyStore {
  constructor(private readonly database: GatewayDatabase) {}

  /** Adds a key. Throws {@link ApiKeyNameTaken}. */
  async add(key: Pick<ApiKey, 'id' | 'tenantId' | 'name' | 'scopes'> & StoredSecret): Promise<ApiKey> {
    return this.database.transaction({ tenantId: key.tenantId }, async (client) => {
      const { rows } = await client.query<Row>(
        `insert into gateway.api_key (id, prefix, hash, tenant_id, name, scopes) values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, name) do nothing returning *`,
        [key.id, key.prefix, key.hash, key.tenantId, key.name, key.scopes],
      );
      if (rows[0] === undefined) throw new ApiKeyNameTaken(key.name);
      return toApiKey(rows[0]);
    });
  }

  /** The key with that prefix, revoked or not, and the hash that proves it. */
  async find(prefix: string): Promise<{ key: ApiKey; hash: Buffer } | undefined> {
    return this.database.transaction({ keyPrefix: prefix }, async (client) => {
      const { rows } = await client.query<Row>('select * from gateway.api_key where prefix = $1', [prefix]);
      return rows[0] && { key: toApiKey(rows[0]), hash: rows[0].hash };
    });
  }

  /** Notes that the key was used just now. */
  async markUsed(prefix: string): Promise<void> {
    await this.database.transaction({ keyPrefix: prefix }, (client) =>
      client.query('update gateway.api_key set last_used_at = now() where prefix = $1', [prefix]),
    );
  }

  /** The tenant's keys, newest first; at most 1,000. */
  async list(tenantId: string): Promise<ApiKey[]> {
    return this.database.transaction({ tenantId }, async (client) => {
      const { rows } = await client.query<Row>(
        'select * from gateway.api_key where tenant_id = $1 order by created_at desc, id limit 1000',
        [tenantId],
      );
      return rows.map(toApiKey);
    });
  }

  /** Revokes a key of the tenant, for good; false where the tenant has no such key. */
  async revoke(tenantId: string, id: string): Promise<boolean> {
    return this.database.transaction({ tenantId }, async (client) => {
      const { rowCount } = await client.query(
        'update gateway.api_key set revoked_at = coalesce(revoked_at, now()) where tenant_id = $1 and id = $2',
        [tenantId, id],
      );
      return rowCount === 1;
    });
  }
}

function toApiKey(row: Row): ApiKey {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}
