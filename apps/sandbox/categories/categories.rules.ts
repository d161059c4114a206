import { createHash } from 'node:crypto';
import { Refusal } from '../http/refusal.js';
import type { CustomerKind } from '../state/customer.js';
import type { Tenant } from '../tenants.js';

/** A category that a customer registers in. */
export interface Category {
  readonly key: string;
  readonly kind: CustomerKind;
  readonly databaseId: string;
  readonly categoryName: string;
  readonly riskLevel: 'LOW' | 'MEDIUM' | 'HIGH';
}

/** The two categories of the newest sample (c.2.1, U27). Their ids differ between tenants and seeds, never between runs. */
export function categoriesOf(tenant: Tenant, seed: string): readonly Category[] {
  const id = (prefix: string): string =>
    `${prefix}-${createHash('sha256').update(`${seed}:${tenant.tenantId}:${prefix}`).digest('hex').slice(0, 8)}`;
  return [
    {
      key: 'INDIVIDUAL_STANDARD',
      kind: 'individual',
      databaseId: id('fs-cat-b2c'),
      categoryName: 'Individual Standard',
      riskLevel: tenant.individualRiskLevel,
    },
    {
      key: 'B2B_SMALL_BUSINESS',
      kind: 'organization',
      databaseId: id('fs-cat-b2b'),
      categoryName: 'Small Business',
      riskLevel: 'LOW',
    },
  ];
}

/** The category that a registration names by id **and** name. Throws 400 in the form of b.5. */
export function chosenCategory(
  categories: readonly Category[],
  kind: CustomerKind,
  chosen: { readonly id: string; readonly name: string },
): Category {
  const category = categories.find((each) => each.databaseId === chosen.id && each.kind === kind);
  const invalidValues: Record<string, string> = {};
  if (!category) invalidValues['customerCategory.id'] = chosen.id;
  else if (category.categoryName !== chosen.name) invalidValues['customerCategory.name'] = chosen.name;
  if (category && Object.keys(invalidValues).length === 0) return category;
  throw new Refusal(400, 'Categorization validation failed', {
    error: 'CATEGORIZATION_INVALID',
    missingKeys: [],
    invalidValues,
  });
}

/** A category as the categorization call shows it: gen 4's keys, gen 2's fields (U27). */
export function shownCategory(category: Category): Record<string, unknown> {
  return {
    databaseId: category.databaseId,
    categoryId: category.key,
    categoryName: category.categoryName,
    description: `${category.categoryName}, ${category.riskLevel.toLowerCase()} risk`,
    availableFeatures: [
      {
        databaseId: `${category.databaseId}-limits`,
        featureCode: 'TRANSACTION_LIMITS',
        featureName: 'Transaction limits',
        mandatoryKeys: [],
        allowedValues: {},
      },
    ],
  };
}
