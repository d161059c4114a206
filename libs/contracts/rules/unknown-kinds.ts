import { z } from 'zod';
import type { RuleError } from '../events.js';
import {
  individualRequestSchema,
  individualSchema,
  organizationSchema,
  shareholderSchema,
} from '../request.js';
import { broken, objectOf } from './loose.js';

/** A choice between two kinds of an object, each with fields of its own. */
interface Choice {
  readonly name: string;
  readonly kinds: readonly string[];
  /** Fields that only one kind has. */
  readonly fields: readonly string[];
  /** What holds for an object of whichever kind. */
  readonly schema: z.ZodType;
  readonly neither: string;
  readonly both: string;
}

const [person, company] = shareholderSchema.options;

const requestKinds: Choice = {
  name: 'kind',
  kinds: ['individual', 'organization'],
  fields: ['individual', 'organization'],
  schema: z.strictObject({
    ...individualRequestSchema.shape,
    kind: z.unknown(),
    individual: individualSchema.optional(),
    organization: organizationSchema.optional(),
  }),
  neither: 'Either individual or organization is missing.',
  both: 'A request has individual or organization, not both.',
};

const shareholderTypes: Choice = {
  name: 'type',
  kinds: ['INDIVIDUAL', 'CORPORATE'],
  fields: ['firstName', 'lastName', 'companyName'],
  schema: z.strictObject({
    ...person.shape,
    ...company.partial({ companyName: true }).shape,
    ...person.pick({ firstName: true, lastName: true }).partial().shape,
    type: z.unknown(),
  }),
  neither: 'Either firstName and lastName or companyName is missing.',
  both: 'A shareholder has firstName and lastName or companyName, not both.',
};

/** What is wrong, whichever kind it should be, with an object whose kind nobody can tell. */
export interface OfUnknownKind {
  /** Paths into the request. */
  readonly issues: readonly z.core.$ZodIssue[];
  readonly errors: readonly RuleError[];
}

/** Of a request with guesses: what its schema does not look at, for want of the kind of it or of a shareholder's type. */
export function ofUnknownKinds(guessed: unknown): OfUnknownKind[] {
  const { shareholders } = objectOf(guessed);
  return [
    ...ofUnknownKind(guessed, requestKinds, []),
    ...(Array.isArray(shareholders) ? shareholders : []).flatMap((shareholder: unknown, index) =>
      ofUnknownKind(shareholder, shareholderTypes, ['shareholders', index]),
    ),
  ];
}

function ofUnknownKind(value: unknown, choice: Choice, path: readonly PropertyKey[]): OfUnknownKind[] {
  const object = objectOf(value);
  if (object !== value || choice.kinds.includes(object[choice.name] as string)) return [];
  const pointer = path.map((part) => `/${part.toString()}`).join('');
  const error = choice.fields.some((field) => Object.hasOwn(object, field))
    ? broken('unknown_field', pointer, choice.both)
    : broken('required', pointer, choice.neither);
  const { error: found } = choice.schema.safeParse(value, { error: () => 'invalid' });
  const issues = (found?.issues ?? []).map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  return [{ issues, errors: [error] }];
}
