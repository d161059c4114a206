import type { RuleError } from './events.js';
import type { OnboardingRequest } from './request.js';
import { consentErrors, individualErrors } from './rules/applicant-rules.js';
import { documentErrors } from './rules/document-rules.js';
import { withGuesses } from './rules/guesses.js';
import { objectOf, type Loose } from './rules/loose.js';
import { organizationErrors } from './rules/organization-rules.js';
import { scan } from './rules/scan.js';
import { readRequest } from './rules/schema-errors.js';

const errorsMax = 1000;

/**
 * Judges a request: it is returned typed, or with **all** its errors, of shape and of business, each with JSON pointer,
 * stable code (`reason-codes.ts`) and a sentence that carries none of its values (an unknown field is named by its
 * position only). Only a request too deep or too large gets that one error alone. At most 1,000 errors are returned.
 *
 * Pure; never throws on any JSON value. `today` is YYYY-MM-DD in UTC.
 */
export function checkRequest(
  request: unknown,
  today: string,
): { request: OnboardingRequest; errors?: never } | { request?: never; errors: RuleError[] } {
  const scanned = scan(request);
  if (!scanned.isBounded) return { errors: scanned.errors };
  const read = readRequest(request);
  const errors = withoutRepeats([
    ...scanned.errors,
    ...read.errors,
    ...businessErrors(objectOf(withGuesses(request)), today),
  ]);
  if (read.request !== undefined && errors.length === 0) return { request: read.request };
  return { errors: errors.slice(0, errorsMax) };
}

/** Where nobody can tell the kind, of whatever there is. */
function businessErrors(request: Loose, today: string): RuleError[] {
  return [
    ...(request['kind'] === 'organization' ? [] : individualErrors(request, today)),
    ...(request['kind'] === 'individual' ? [] : organizationErrors(request, today)),
    ...documentErrors(request),
    ...consentErrors(request, today),
  ];
}

/** The scan and the schema may find the same thing. */
function withoutRepeats(errors: readonly RuleError[]): RuleError[] {
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()];
}
