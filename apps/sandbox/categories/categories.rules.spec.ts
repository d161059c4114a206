import { describe, expect, it } from '@jest/globals';
import { demoTenant, secondDemoTenant } from '../demo-tenant.js';
import { categoriesOf, chosenCategory } from './categories.rules.js';

const categories = categoriesOf(demoTenant, 'seed');
const [individual, organization] = categories.map(({ databaseId: id, categoryName: name }) => ({ id, name }));

describe('categories', () => {
  it('have gen 4’s keys and ids that hold for a seed and tenant only (U27)', () => {
    expect(categories.map(({ key }) => key)).toEqual(['INDIVIDUAL_STANDARD', 'B2B_SMALL_BUSINESS']);
    expect(categoriesOf(demoTenant, 'seed')).toEqual(categories);
    const others = [categoriesOf(demoTenant, 'other'), categoriesOf(secondDemoTenant, 'seed')];
    for (const [other] of others) expect(other?.databaseId).not.toBe(individual?.id);
  });

  it('are chosen by id and name, each kind its own', () => {
    expect(chosenCategory(categories, 'individual', individual!).key).toBe('INDIVIDUAL_STANDARD');
    for (const wrong of [organization!, { ...individual!, name: 'Premium' }, { id: 'x', name: 'x' }])
      expect(() => chosenCategory(categories, 'individual', wrong)).toThrow(
        'Categorization validation failed',
      );
  });
});
