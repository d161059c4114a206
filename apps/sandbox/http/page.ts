/** A page of a list (b.6): zero-based, 20 items unless asked otherwise. The query has been checked by then. */
export function page<Item>(
  items: readonly Item[],
  query: { readonly page?: string; readonly size?: string },
): { items: readonly Item[]; pagination: { total: number; page: number; size: number } } {
  const number = Number(query.page ?? 0);
  const size = Number(query.size ?? 20);
  const first = number * size;
  return {
    items: items.slice(first, first + size),
    pagination: { total: items.length, page: number, size },
  };
}

/** The query of a list. */
export interface PageQuery {
  readonly page?: string;
  readonly size?: string;
}
