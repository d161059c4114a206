import type { RuleError } from '../events.js';
import { broken, duplicates, objectOf, objectsOf, type Loose } from './loose.js';

const adultYears = 18;
const passwordLengthMin = 12;
const passwordKinds = [/[A-Z]/u, /[a-z]/u, /[0-9]/u, /[^\p{L}\p{N}\s]/u];

/** Rules on a natural person who registers. `today` is YYYY-MM-DD, like every date here: they compare as texts. */
export function individualErrors(request: Loose, today: string): RuleError[] {
  const individual = objectOf(request['individual']);
  return [
    ...birthErrors(individual['dateOfBirth'], '/individual/dateOfBirth', today),
    ...ageErrors(individual['dateOfBirth'], today),
    ...passwordErrors(individual['password'], '/individual/password'),
  ];
}

/** A birth is neither in the future nor before 1900. */
export function birthErrors(date: unknown, pointer: string, today: string): RuleError[] {
  if (!isDate(date)) return [];
  if (date > today) return [broken('date_in_future', pointer)];
  return date < '1900-01-01' ? [broken('date_too_early', pointer)] : [];
}

/** A founding is not in the future; there are companies from long before 1900. */
export function incorporationErrors(date: unknown, pointer: string, today: string): RuleError[] {
  return isDate(date) && date > today ? [broken('date_in_future', pointer)] : [];
}

/** At least 12 characters with upper and lower case, a digit and a symbol (CONTRACT.md U29). */
export function passwordErrors(password: unknown, pointer: string): RuleError[] {
  if (typeof password !== 'string') return [];
  const isStrong =
    Array.from(password).length >= passwordLengthMin && passwordKinds.every((kind) => kind.test(password));
  return isStrong ? [] : [broken('password_too_weak', pointer)];
}

/** Each of the three consents exactly once, none given in the future. */
export function consentErrors(request: Loose, today: string): RuleError[] {
  const consents = objectsOf(request['consents']);
  if (consents === undefined) return [];
  const types = consents.map((consent) => consent['type']);
  const missing = ['terms', 'privacy', 'data-processing'].filter((type) => !types.includes(type));
  return [
    ...missing.map((type) => broken('consent_missing', '/consents', `The consent ${type} is missing.`)),
    ...duplicates(types, 'consent_duplicate', (index) => `/consents/${String(index)}/type`),
    ...consents.flatMap((consent, index) => consentTimeErrors(consent['acceptedAt'], index, today)),
  ];
}

/** With a day's grace: `today` may just have begun where the applicant is, and clocks differ. */
function consentTimeErrors(acceptedAt: unknown, index: number, today: string): RuleError[] {
  const acceptedMs = typeof acceptedAt === 'string' ? Date.parse(acceptedAt) : Number.NaN;
  const limitMs = Date.parse(today) + 2 * 24 * 3_600_000;
  return acceptedMs >= limitMs ? [broken('time_in_future', `/consents/${String(index)}/acceptedAt`)] : [];
}

function ageErrors(dateOfBirth: unknown, today: string): RuleError[] {
  if (!isDate(dateOfBirth) || dateOfBirth > today) return [];
  const birthday18 = `${String(Number(dateOfBirth.slice(0, 4)) + adultYears).padStart(4, '0')}${dateOfBirth.slice(4)}`;
  return birthday18 > today ? [broken('under_age', '/individual/dateOfBirth')] : [];
}

function isDate(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/u.test(value);
}
