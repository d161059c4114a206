import { describe, expect, it } from '@jest/globals';
import { chooseCategory } from './categories.js';

const categories = [
  { key: 'B2B_SMALL_BUSINESS', id: 'fs-1', name: 'Small Business' },
  { key: 'INDIVIDUAL_STANDARD', id: 'fs-2', name: 'Individual Standard' },
  { key: 'HIGH_RISK_INDIVIDUAL', id: 'fs-3', name: 'High risk' },
];

describe('the category of an applicant', () => {
  it('is the first of its kind, by key or name in any case', () => {
    expect(chooseCategory(categories, 'individual')?.id).toBe('fs-2');
    expect(chooseCategory(categories, 'organization')?.id).toBe('fs-1');
  });

  it.each(['94b2bad7-7759-4e63-aa20-20b040b3e5fd', 'b2ba1c3d-0000-4000-8000-000000000000', '65f0b2b1'])(
    'is that of a person although its id has b2b among its digits: %s',
    (id) => {
      const person = { key: 'STANDARD_INDIVIDUAL', id, name: 'Standard Individual' };
      const company = { key: 'RETAIL', id: 'fs-cat-b2b-small-001', name: 'Retail' };
      expect(chooseCategory([person, company], 'individual')).toEqual(person);
      expect(chooseCategory([person, company], 'organization')).toEqual(company);
    },
  );

  it.each([
    ['key', { key: 'B2B_RETAIL', id: 'fs-1', name: 'Retail' }],
    ['code', { key: 'RETAIL', id: 'fs-1', name: 'Retail', categoryId: 'RETAIL_BUSINESS' }],
    ['name', { key: 'RETAIL', id: 'fs-1', name: 'Retail Organization' }],
  ])('is that of a business where its %s alone says so', (_, retail) => {
    expect(chooseCategory([retail], 'organization')).toEqual(retail);
    expect(chooseCategory([retail], 'individual')).toBeUndefined();
  });

  it('is one of the lowest risk, the first in order among equals', () => {
    const high = { key: 'HIGH_RISK_INDIVIDUAL', id: 'fs-3', name: 'Risk' };
    const medium = { key: 'B2C_2', id: 'fs-2', name: 'Medium risk' };
    const low = { key: 'LOW_RISK_INDIVIDUAL', id: 'fs-1', name: 'Low risk' };
    const standard = { key: 'STANDARD_INDIVIDUAL', id: 'fs-4', name: 'Standard' };
    expect(chooseCategory([high, medium, low, standard], 'individual')).toEqual(low);
    expect(chooseCategory([medium, standard, low], 'individual')).toEqual(standard);
    expect(chooseCategory([high, medium], 'individual')).toEqual(medium);
    expect(chooseCategory([high], 'individual')).toEqual(high);
  });

  it.each(['high risk', 'HIGH_RISK_INDIVIDUAL', 'fs-3'])('is the one that is asked for: %s', (wanted) => {
    expect(chooseCategory(categories, 'individual', wanted)?.id).toBe('fs-3');
  });

  it('is never one of the other kind, and none where none fits', () => {
    expect(chooseCategory(categories, 'individual', 'Small Business')).toBeUndefined();
    expect(chooseCategory(categories, 'organization', 'unheard of')).toBeUndefined();
    expect(chooseCategory([], 'individual')).toBeUndefined();
  });
});
