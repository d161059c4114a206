import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ruleErrorSchema } from './events.js';
import { individualRequestExample, organizationRequestExample } from './request-examples.js';
import { checkRequest } from './request-rules.js';
import { fieldNames } from './rules/field-names.js';
import { ruleErrors } from './reason-codes/rule-errors.js';

const today = '2026-06-15';
const canary = 'kanarienvogel';

/** JSON made of the request's own field names, so that it gets far into the schema. */
const requestLike = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      25,
      '',
      canary,
      '25',
      'individual',
      'organization',
      'ADMIN_USER',
      '\u0000',
      '\ud800',
    ),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...fieldNames), fc.constantFrom('__proto__', 'constructor', canary)),
      tie('value'),
      {
        maxKeys: 8,
      },
    ),
  ),
})).value;

/** A valid request with the values at some of its places replaced by anything. */
const damaged = fc
  .tuple(
    fc.constantFrom<object>(individualRequestExample, organizationRequestExample),
    fc.array(fc.tuple(fc.nat(), requestLike), { minLength: 1, maxLength: 4 }),
  )
  .map(([example, changes]) =>
    changes.reduce<unknown>((request, [at, value]) => replaced(request, at, value), example),
  );

function replaced(request: unknown, at: number, value: unknown): unknown {
  let place = 0;
  const walk = (node: unknown): unknown => {
    place += 1;
    if (place === (at % 60) + 2) return value;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, walk(child)]));
  };
  return walk(request);
}

describe('checkRequest', () => {
  test.each([
    ['any JSON value', fc.jsonValue({ noUnicodeString: false })],
    ['JSON that looks like a request', requestLike],
    ['a valid request with damaged places', damaged],
  ])(
    'never throws, and answers with a request or with errors that fit their event: %s',
    (_title, anything) => {
      fc.assert(
        fc.property(anything, (value) => {
          const result = checkRequest(value, today);
          if (result.request !== undefined) return;
          expect(result.errors.length).toBeGreaterThan(0);
          for (const error of result.errors) {
            expect(ruleErrorSchema.safeParse(error).success).toBe(true);
            expect(Object.keys(ruleErrors)).toContain(error.code);
          }
        }),
        { numRuns: 500 },
      );
    },
  );

  test('no error carries what the request said, neither its values nor its unknown field names', () => {
    fc.assert(
      fc.property(fc.oneof(requestLike, damaged), (value) => {
        expect(JSON.stringify(checkRequest(value, today).errors ?? [])).not.toContain(canary);
      }),
      { numRuns: 500 },
    );
  });

  test('any split of 100 into decimals is accepted, and one ten-thousandth more is not', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 999_999 }), { minLength: 1, maxLength: 20 }),
        (cuts) => {
          const bounds = [0, ...cuts.sort((a, b) => a - b), 1_000_000];
          const parts = bounds.slice(1).map((bound, index) => bound - (bounds[index] ?? 0));
          expect(checkRequest(withShares(parts), today).errors).toBeUndefined();
          const [first = 0, ...rest] = parts;
          const codes = checkRequest(withShares([first + 1, ...rest]), today).errors?.map(({ code }) => code);
          expect(codes).toEqual(['shares_not_100']);
        },
      ),
    );
  });
});

/** An organization whose shareholders hold so many ten-thousandths of a percent. */
function withShares(parts: readonly number[]): unknown {
  const shareholders = parts.map((part) => ({
    type: 'CORPORATE',
    companyName: 'Baltic Holding UAB',
    ownershipPercentage: `${String(Math.floor(part / 10_000))}.${String(part % 10_000).padStart(4, '0')}`,
    isBeneficialOwner: false,
    isPEP: false,
  }));
  return { ...organizationRequestExample, shareholders };
}
