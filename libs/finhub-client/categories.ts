import { riskOf, type CategoryRisk } from '#contracts/category-risk.js';
import type { FinhubApi } from './api.js';
import type { Call } from './call.js';
import { Unreadable, type Fields } from './fields.js';

/** A FinHub category; a registration names it by id and name (CONTRACT.md c.2.1). Ids differ between environments. */
export interface Category {
  /** Its code, e.g. `B2B_SMALL_BUSINESS`. */
  readonly key: string;
  readonly id: string;
  readonly name: string;
  /** FinHub's own code for it, where that is another than the key. */
  readonly categoryId?: string;
}

export interface CategoryCalls {
  /** The tenant's categories, of individuals and organizations alike. CONTRACT.md c.2.1. */
  categories(call?: Call): Promise<Category[]>;
}

export function categoryCalls(api: FinhubApi): CategoryCalls {
  return {
    async categories(call) {
      const tenantId = await api.tenantUuid(call);
      return api.request(
        'getCategories',
        { path: { tenantId }, read: ({ data }) => readCategories(data) },
        call,
      );
    },
  };
}

/**
 * The category for an applicant: the one of that name, key, code or id, or else of those that fit the kind one of the lowest risk,
 * the first among equals; without regard to case (U27). Undefined where there is none.
 */
export function chooseCategory(
  categories: readonly Category[],
  kind: 'individual' | 'organization',
  wanted?: string,
): Category | undefined {
  const isFor = (category: Category) =>
    isBusiness(category) ? kind === 'organization' : kind === 'individual';
  if (wanted === undefined) return categories.filter(isFor).toSorted(byRisk)[0];
  const name = wanted.toLowerCase();
  return categories.find((category) => textsOf(category).includes(name) && isFor(category));
}

/** `b2b` counts as a word only: ids are UUIDs in some environments, and one in 180 of those has it among its digits. */
const businessWords = /business|organi[sz]ation|corporate|(?<![a-z0-9])b2b(?![a-f0-9])/u;

function isBusiness(category: Category): boolean {
  return textsOf(category).some((text) => businessWords.test(text));
}

const risks: readonly CategoryRisk[] = ['standard', 'medium', 'high'];

function byRisk(one: Category, other: Category): number {
  return rankOf(one) - rankOf(other);
}

/** By the highest risk that any of its texts speaks of. */
function rankOf(category: Category): number {
  return Math.max(...textsOf(category).map((text) => risks.indexOf(riskOf(text))));
}

function textsOf({ key, id, name, categoryId = key }: Category): string[] {
  return [key, categoryId, id, name].map((text) => text.toLowerCase());
}

/** An object keyed by code in the newer generations, a list in the oldest. */
function readCategories(data: Fields): Category[] {
  const map = data.at('categories');
  const listed = data.items('categories');
  if (!listed && !map.isObject) throw new Unreadable('no categories');
  const entries = listed?.map((fields) => ['', fields] as const) ?? map.entries();
  return entries.map(([key, fields]) => readCategory(key, fields));
}

function readCategory(listedKey: string, fields: Fields): Category {
  const categoryId = fields.text('categoryId');
  const key = listedKey || (categoryId ?? fields.need('name', 'categoryName'));
  return {
    key,
    id: fields.need('databaseId', 'id', 'categoryId'),
    name: fields.text('categoryName', 'name') ?? key,
    ...(categoryId === undefined || categoryId === key ? {} : { categoryId }),
  };
}
