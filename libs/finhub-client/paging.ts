import type { FinhubApi } from './api.js';
import type { Call } from './call.js';
import type { Envelope } from './envelope.js';
import { Unreadable, type Fields } from './fields.js';
import type { OperationName } from './operations.js';

/** FinHub's page size in the samples (CONTRACT.md b.6). */
const pageSizeDefault = 20;
const pagesMax = 100;

interface Page<Item> {
  readonly items: readonly (readonly [id: string, item: Item])[];
  readonly total: number | undefined;
  readonly size: number;
}

/** A list that FinHub gives page by page (CONTRACT.md b.6). */
export interface Listing<Item> {
  readonly operation: OperationName;
  readonly path: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The list's name in `data`. */
  readonly name: string;
  /** Reads an entry; throws {@link Unreadable} where it has no id. */
  readonly read: (entry: Fields) => Item;
  readonly idOf: (item: Item) => string;
}

/**
 * All entries of a list. The first page is asked for without parameters, whose names are assumed. Whether an object exists is
 * decided by this list, so a list that turns out to be incomplete is a failure, never a short list.
 */
export async function listAll<Item>(api: FinhubApi, listing: Listing<Item>, call?: Call): Promise<Item[]> {
  const { operation, path, headers = {} } = listing;
  const found = new Map<string, Item>();
  let isComplete = false;
  for (let page = 0; !isComplete; page += 1) {
    const query = page === 0 ? {} : { page: String(page), size: String(sizeOf(found.size, page)) };
    const read = (answer: Envelope) => addPage(found, readPage(answer, listing), page);
    isComplete = await api.request(operation, { path, query, headers, read }, call);
  }
  return [...found.values()];
}

/** As many as the pages so far brought, so that zero-based pages line up. */
function sizeOf(found: number, page: number): number {
  return Math.max(1, Math.round(found / page));
}

/** Whether the list is complete: by its total, or without one by what a page brings. */
function addPage<Item>(found: Map<string, Item>, { items, total, size }: Page<Item>, page: number): boolean {
  const before = found.size;
  for (const [id, item] of items) found.set(id, item);
  const isNew = found.size > before;
  if (total === undefined && (!isNew || items.length < size)) return true;
  if (total !== undefined && found.size >= total) return true;
  if (!isNew || page + 1 === pagesMax) throw new Unreadable('the list ends before its total');
  return false;
}

/** `pagination` is in `data` or beside it: b.6 does not say. */
function readPage<Item>({ root, data }: Envelope, { name, read, idOf }: Listing<Item>): Page<Item> {
  const items = data.needItems(name, 'items', 'content').map(read);
  const numberAt = (path: string): number => Number(data.text(path) ?? root.text(path));
  const [total, size] = [numberAt('pagination.total'), numberAt('pagination.size')];
  return {
    items: items.map((item) => [idOf(item), item]),
    total: Number.isNaN(total) ? undefined : total,
    size: size > 0 ? size : pageSizeDefault,
  };
}
