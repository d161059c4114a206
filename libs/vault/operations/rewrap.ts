import type { Query } from '../database.js';
import { unwrapDataKey, wrapDataKey, type KeyOwner } from '../sealing/data-key.js';
import type { VaultKeys } from '../vault-keys.js';
import type { VaultParts } from '../vault-parts.js';

const rowsPerTransaction = 500;

/** A table that holds wrapped keys: both statements give and take the same columns. */
interface WrappedTable {
  readonly find: string;
  readonly store: string;
}

const admissions: WrappedTable = {
  find: `
    select onboarding_id, null as document_id, kek_id, wrapped_key from vault.admission
    where onboarding_id > $1 and kek_id <> $2 order by onboarding_id limit $3 for update`,
  store: `
    update vault.admission set kek_id = $1, wrapped_key = given.wrapped_key
    from unnest($2::uuid[], $3::uuid[], $4::bytea[]) as given (onboarding_id, document_id, wrapped_key)
    where admission.onboarding_id = given.onboarding_id`,
};

/** All documents of one onboarding at once, so that the place to go on from is the onboarding's id. */
const documents: WrappedTable = {
  find: `
    select onboarding_id, document_id, kek_id, wrapped_key from vault.document
    where kek_id <> $2 and onboarding_id in (
      select distinct onboarding_id from vault.document where onboarding_id > $1 and kek_id <> $2
      order by onboarding_id limit $3)
    order by onboarding_id, document_id for update`,
  store: `
    update vault.document set kek_id = $1, wrapped_key = given.wrapped_key
    from unnest($2::uuid[], $3::uuid[], $4::bytea[]) as given (onboarding_id, document_id, wrapped_key)
    where document.onboarding_id = given.onboarding_id and document.document_id = given.document_id`,
};

const forgetOldVerifiers = `delete from vault.key_check where key_id like 'kek:%' and key_id <> $1`;

interface WrappedRow {
  onboarding_id: string;
  document_id: string | null;
  kek_id: string;
  wrapped_key: Buffer;
}

/** Re-wraps every data key of an older key-encryption key; see `Vault.rewrap`. */
export async function rewrap(parts: VaultParts): Promise<number> {
  let total = 0;
  for (const table of [admissions, documents]) {
    // A pass may overtake rows that another process still adds under the old key: until one finds none.
    for (let found = await pass(parts, table); found > 0; found = await pass(parts, table)) total += found;
  }
  await parts.database.query(forgetOldVerifiers, [`kek:${parts.keys.currentKekId}`]);
  return total;
}

async function pass({ database, keys }: VaultParts, table: WrappedTable): Promise<number> {
  let after = '00000000-0000-0000-0000-000000000000';
  let found = 0;
  for (;;) {
    const rows = await database.inTransaction((query) => rewrapSome(query, keys, { table, after }));
    const last = rows.at(-1);
    if (last === undefined) return found;
    after = last.onboarding_id;
    found += rows.length;
  }
}

async function rewrapSome(
  query: Query,
  keys: VaultKeys,
  { table, after }: { table: WrappedTable; after: string },
): Promise<WrappedRow[]> {
  const rows = await query<WrappedRow>(table.find, [after, keys.currentKekId, rowsPerTransaction]);
  const rewrapped = rows.map((row) => {
    const owner = ownerOf(row);
    const dataKey = unwrapDataKey(keys, { kekId: row.kek_id, wrapped: row.wrapped_key }, owner);
    return wrapDataKey(keys, dataKey, owner).wrapped;
  });
  const onboardingIds = rows.map((row) => row.onboarding_id);
  const documentIds = rows.map((row) => row.document_id);
  if (rows.length > 0) await query(table.store, [keys.currentKekId, onboardingIds, documentIds, rewrapped]);
  return rows;
}

function ownerOf({ onboarding_id: onboardingId, document_id: documentId }: WrappedRow): KeyOwner {
  return documentId === null ? { onboardingId } : { onboardingId, documentId };
}
