import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { identifier } from '#contracts/envelope.js';
import { everyTenant, newApiKey, pepperOf, scopes, type ApiKey } from './api-key.js';
import type { ApiKeyStore } from './api-key-store.js';

/** Whose a key may be: a tenant's, or `*` for ops of every tenant. */
export const keyTenantSchema = z.union([z.literal(everyTenant), identifier]);

/** What a new key is made of. */
export const newKeySchema = z.strictObject({
  tenantId: keyTenantSchema,
  /** Unique within the tenant; it is the `by` of the key's commands. */
  name: identifier,
  scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
});
export type NewKey = z.infer<typeof newKeySchema>;

/** Makes keys, for the command and for ops over HTTP. */
export class KeyMaker {
  private readonly pepper: Buffer;

  constructor(
    private readonly store: Pick<ApiKeyStore, 'add'>,
    vaultHashKey: KeyObject,
  ) {
    this.pepper = pepperOf(vaultHashKey);
  }

  /** Makes and stores a key. `text` is the key itself: show it once, keep it nowhere. Throws `ApiKeyNameTaken`. */
  async create(wanted: NewKey): Promise<{ text: string; key: ApiKey }> {
    const { text, ...secret } = newApiKey(this.pepper);
    return { text, key: await this.store.add({ ...wanted, scopes: [...new Set(wanted.scopes)], ...secret }) };
  }
}
