import { excerptOf } from './excerpt.js';
import { FinhubFailure, type FailureCode, type FailureKind } from './failure.js';
import { Fields } from './fields.js';
import { operations, type Operation, type OperationName } from './operations.js';

/** What a failed answer means: the one place that judges (CONTRACT.md b.5, U22, U24, U35). */
interface Verdict {
  readonly kind: FailureKind;
  readonly code: FailureCode;
}

/** "Refused until the earlier steps are done": our own mistake in the order of calls (U35). */
const prerequisiteMissing: Verdict = { kind: 'misconfigured', code: 'prerequisite_missing' };

/** "Categorization validation failed": the tenant's categories have changed, or ask for more than we send (b.5). */
const categoryRefused: Verdict = { kind: 'misconfigured', code: 'category_refused' };

const verdicts: Readonly<Record<number, Verdict>> = {
  400: { kind: 'rejected', code: 'validation_failed' },
  401: { kind: 'misconfigured', code: 'unauthorized' },
  403: { kind: 'misconfigured', code: 'forbidden' },
  // A FinHub that was reset, or a gateway without a route, says it of everybody.
  404: { kind: 'misconfigured', code: 'not_found' },
  408: { kind: 'unknown-outcome', code: 'timed_out' },
  409: { kind: 'rejected', code: 'conflict' },
  413: { kind: 'rejected', code: 'validation_failed' },
  422: prerequisiteMissing,
  429: { kind: 'not-done', code: 'rate_limited' },
};

const alreadyExists: Verdict = { kind: 'rejected', code: 'already_exists' };
/** The same person in another office, or a stranger with the e-mail: to be corrected, for the organization is registered. */
const personExists: Verdict = { kind: 'misconfigured', code: 'person_exists' };
/** A value to be corrected, or something in how we read the contract: the customer is registered, and waits. */
const requestRefused: Verdict = { kind: 'misconfigured', code: 'request_refused' };
const businessRule: Verdict = { kind: 'rejected', code: 'business_rule' };
/** Active already, or in a state that does not allow it: the wallet tells, perhaps later. */
const perhapsActive: Verdict = { kind: 'unknown-outcome', code: 'conflict' };

/**
 * Where a call differs: a first step has no earlier one, shares over 100 % are a rule of the business (U36), an active
 * customer is what its activation is for (U24), and employees and directors become customers too (c.3.2, c.3.4).
 */
const exceptions: Partial<Record<OperationName, Readonly<Record<number, Verdict>>>> = {
  registerIndividual: { 409: alreadyExists, 422: businessRule },
  registerOrganization: { 409: alreadyExists, 422: businessRule },
  addEmployee: { 409: personExists },
  addDirector: { 409: personExists },
  addShareholder: { 409: personExists, 422: businessRule },
  activateIndividual: { 409: perhapsActive },
  activateOrganization: { 409: perhapsActive },
};

const headersMissing: Verdict = { kind: 'misconfigured', code: 'headers_missing' };
const headerNames = new Set([
  'X-Tenant-ID',
  'X-Forwarded-For',
  'X-Forwarded-From',
  'platform',
  'deviceId',
  'User-Agent',
  'X-User-ID',
  'X-User-Roles',
  'X-Organization-ID',
]);

/** A failed answer, as {@link failureOfAnswer} judges it. */
export interface FailedAnswer {
  readonly status: number;
  /** The whole body, or what of it arrived. */
  readonly body: Buffer;
  /** The body as an object; absent where it cannot be read. */
  readonly root?: Fields | undefined;
  /** Header `Retry-After`. */
  readonly retryAfter?: string | undefined;
  /** Why it cannot be read, where it broke off: `timed_out` or `connection_lost`. */
  readonly brokenBy?: FailureCode | undefined;
}

/** The failure that an answer is. `request` is what was sent: nothing of it may show in the excerpt. */
export function failureOfAnswer(
  name: OperationName,
  answer: FailedAnswer,
  context: { readonly request: unknown; readonly now: Date },
): FinhubFailure {
  const verdict = forOperation(operations[name], verdictOf(name, answer));
  return new FinhubFailure({
    ...verdict,
    endpoint: name,
    status: answer.status,
    retryAfterMs: retryAfterMsOf(answer.retryAfter, context.now),
    excerpt: excerptOf(answer.body, context.request),
  });
}

/** The failure of a call that got no answer at all. A call that was not sent surely had no effect. */
export function failureWithoutAnswer(name: OperationName, isSent: boolean, code: FailureCode): FinhubFailure {
  const kind = isSent ? 'unknown-outcome' : 'not-done';
  return new FinhubFailure({ ...forOperation(operations[name], { kind, code }), endpoint: name });
}

function verdictOf(name: OperationName, { status, root, brokenBy }: FailedAnswer): Verdict {
  const verdict = exceptions[name]?.[status] ?? verdicts[status] ?? verdictOfRange(status);
  if (root) return refined(verdict, status, root);
  // A no to what was asked must be FinHub's own: a proxy's page says nothing about the applicant.
  const isOpen = verdict.kind === 'rejected' || [404, 409].includes(status) || status < 300;
  return isOpen ? { kind: 'unknown-outcome', code: brokenBy ?? 'unreadable_answer' } : verdict;
}

function verdictOfRange(status: number): Verdict {
  if (status >= 500) return { kind: 'unknown-outcome', code: 'server_error' };
  if (status >= 400) return { kind: 'misconfigured', code: 'unexpected_status' };
  if (status >= 300) return { kind: 'unknown-outcome', code: 'unexpected_redirect' };
  return { kind: 'unknown-outcome', code: 'unreadable_answer' };
}

/** What the body says beyond the status. */
function refined(verdict: Verdict, status: number, root: Fields): Verdict {
  if (status === 400 && namesHeaders(root)) return headersMissing;
  if (status !== 400 && status !== 422) return verdict;
  if (namesCategory(root)) return categoryRefused;
  return namesMissingStep(root) ? prerequisiteMissing : verdict;
}

/**
 * A read has no effect and is never a business no; a refusal of the tenant's own calls concerns its settings, one of a
 * registered customer's ends nobody (docs/decisions/0013-refused-customers.md).
 */
function forOperation(operation: Operation, verdict: Verdict): Verdict {
  if (verdict.kind === 'rejected' && operation.subject === 'customer')
    return verdict.code === 'validation_failed' ? requestRefused : { ...verdict, kind: 'misconfigured' };
  if (verdict.kind === 'rejected' && (operation.effect === 'none' || operation.subject === 'tenant'))
    return { ...verdict, kind: 'misconfigured' };
  if (verdict.kind === 'unknown-outcome' && operation.effect === 'none')
    return { ...verdict, kind: 'not-done' };
  return verdict;
}

/** A 400 for missing context headers (b.3): by its text, or by the fields that it names. */
function namesHeaders(root: Fields): boolean {
  if (/missing required header/iu.test(root.text('message', 'data.error', 'error.message') ?? ''))
    return true;
  if (root.items('data.missingHeaders')) return true;
  const errors = root.items('data.errors', 'errors') ?? [];
  return errors.some((error) => headerNames.has(error.text('field') ?? ''));
}

/** What a category asks for, by name in `data` (b.5). */
function namesCategory(root: Fields): boolean {
  return root.entries('data').some(([key]) => key === 'missingKeys' || key === 'invalidValues');
}

/** Prerequisites by name in `data` (U18, U35, U38). */
function namesMissingStep(root: Fields): boolean {
  return root.entries('data').some(([key]) => /^(?:missing|prerequisite|failedChecks)/iu.test(key));
}

const dayMs = 86_400_000;

/** `Retry-After` in seconds or as an HTTP date; at most a day, absent where it cannot be read. */
export function retryAfterMsOf(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\s*\d+\s*$/u.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), dayMs);
}
