import type { z } from 'zod';
import type { RuleError } from '../events.js';
import { onboardingRequestSchema, type OnboardingRequest } from '../request.js';
import type { RuleCode } from '../reason-codes.js';
import { withGuesses } from './guesses.js';
import { broken, objectOf } from './loose.js';
import { ofUnknownKinds } from './unknown-kinds.js';

type Issue = z.core.$ZodIssue;

/** The code for a text of the wrong format, by the field's name. */
const formatCodes: Readonly<Record<string, RuleCode>> = {
  email: 'email_invalid',
  phone: 'phone_not_e164',
  country: 'country_code_invalid',
  nationality: 'country_code_invalid',
  dateOfBirth: 'date_invalid',
  incorporationDate: 'date_invalid',
  acceptedAt: 'time_invalid',
  website: 'url_invalid',
  ipAddress: 'ip_address_invalid',
  ownershipPercentage: 'percentage_invalid',
  content: 'content_not_base64',
  id: 'document_id_invalid',
};

/**
 * The request when its shapes are right, else every error of shape (some twice), without any of its values. zod is kept from making messages of its own: it
 * looks at the values for them, and throws at a hostile `constructor`.
 */
export function readRequest(request: unknown): { request?: OnboardingRequest; errors: RuleError[] } {
  const parsed = parse(request);
  if (parsed.success) return { request: parsed.data, errors: [] };
  const guessed = withGuesses(request);
  const unknown = ofUnknownKinds(guessed);
  const issues = [
    ...parsed.error.issues,
    ...(parse(guessed).error?.issues ?? []),
    ...unknown.flatMap((its) => its.issues),
  ];
  const errors = issues.flatMap((issue) => errorsOf(issue, request));
  return { errors: [...errors, ...unknown.flatMap((its) => its.errors)] };
}

function parse(request: unknown) {
  return onboardingRequestSchema.safeParse(request, { error: () => 'invalid' });
}

function errorsOf(issue: Issue, request: unknown): RuleError[] {
  const pointer = issue.path.map((part) => `/${part.toString()}`).join('');
  const value = valueAt(request, issue.path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(key, value, pointer));
  const isMissing = value === undefined && issue.path.length > 0;
  const code = isMissing ? codeOfMissing(issue) : codeOf(issue, value);
  return [broken(code, pointer, messageOf(issue, code))];
}

/** Names the field by its position: its name is the upstream's word, and could be personal data. */
function unknownField(key: string, parent: unknown, pointer: string): RuleError {
  const position = Object.keys(objectOf(parent)).indexOf(key) + 1;
  return broken(
    'unknown_field',
    pointer,
    `Field number ${String(position)} of this object is not part of the schema.`,
  );
}

function codeOfMissing(issue: Issue): RuleCode {
  return issue.path.at(-1) === 'isPEP' ? 'is_pep_missing' : 'required';
}

function codeOf(issue: Issue, value: unknown): RuleCode {
  const field = issue.path.at(-1);
  switch (issue.code) {
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return issue.origin === 'string' ? 'too_long' : 'too_many';
    case 'invalid_format':
      return formatCodeOf(field);
    case 'invalid_value':
      return 'not_allowed_value';
    case 'invalid_union':
      if (typeof value !== 'string') return 'wrong_type';
      return field === 'ipAddress' ? 'ip_address_invalid' : 'not_allowed_value';
    default:
      return issue.path.length === 0 ? 'not_an_object' : 'wrong_type';
  }
}

function tooSmall(issue: Issue & { code: 'too_small' }): RuleCode {
  if (issue.origin === 'string') return 'too_short';
  if (issue.path.at(-1) === 'directors') return 'director_missing';
  return issue.path.at(-1) === 'employees' ? 'admin_user_missing' : 'too_few';
}

function formatCodeOf(field: PropertyKey | undefined): RuleCode {
  return (typeof field === 'string' ? formatCodes[field] : undefined) ?? 'invalid_format';
}

function messageOf(issue: Issue, code: RuleCode): string | undefined {
  if (issue.code === 'too_big' && code === 'too_long')
    return `The text is longer than ${String(issue.maximum)} characters.`;
  if (issue.code === 'too_big') return `The list has more than ${String(issue.maximum)} entries.`;
  if (code === 'too_few' && issue.code === 'too_small')
    return `The list has fewer than ${String(issue.minimum)} entries.`;
  return undefined;
}

function valueAt(request: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    const isOwn = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    return isOwn ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }, request);
}
