import { describe, expect, it } from '@jest/globals';
import { failureOfAnswer, failureWithoutAnswer, retryAfterMsOf, type FailedAnswer } from './answers.js';
import { Fields } from './fields.js';
import type { OperationName } from './operations.js';

const now = new Date('2030-01-01T00:00:00Z');

function judge(name: OperationName, answer: Partial<FailedAnswer> & { status: number }, data: unknown = {}) {
  const root = { code: answer.status, message: 'no', data };
  const body = Buffer.from(JSON.stringify(root));
  return failureOfAnswer(name, { body, root: new Fields(root), ...answer }, { request: {}, now });
}

describe('what a refusal means', () => {
  it.each([
    ['addEmployee', 400, 'rejected', 'validation_failed'],
    ['addEmployee', 401, 'misconfigured', 'unauthorized'],
    ['addEmployee', 403, 'misconfigured', 'forbidden'],
    ['addEmployee', 404, 'misconfigured', 'not_found'],
    ['registerIndividual', 404, 'misconfigured', 'not_found'],
    ['addEmployee', 405, 'misconfigured', 'unexpected_status'],
    ['addEmployee', 409, 'misconfigured', 'person_exists'],
    ['addDirector', 409, 'misconfigured', 'person_exists'],
    ['addShareholder', 409, 'misconfigured', 'person_exists'],
    ['openVerification', 400, 'misconfigured', 'request_refused'],
    ['openCustomerVerification', 400, 'misconfigured', 'request_refused'],
    ['openOrganizationVerification', 400, 'misconfigured', 'request_refused'],
    ['decideVerification', 400, 'misconfigured', 'request_refused'],
    ['decideVerification', 409, 'misconfigured', 'conflict'],
    ['acceptIndividualConsent', 400, 'misconfigured', 'request_refused'],
    ['acceptOrganizationConsent', 400, 'misconfigured', 'request_refused'],
    ['activateIndividual', 400, 'misconfigured', 'request_refused'],
    ['activateOrganization', 400, 'misconfigured', 'request_refused'],
    ['uploadDocument', 413, 'rejected', 'validation_failed'],
    ['addEmployee', 422, 'misconfigured', 'prerequisite_missing'],
    ['addEmployee', 429, 'not-done', 'rate_limited'],
    ['addEmployee', 500, 'unknown-outcome', 'server_error'],
    ['decideVerification', 503, 'unknown-outcome', 'server_error'],
    ['registerIndividual', 409, 'rejected', 'already_exists'],
    ['registerOrganization', 409, 'rejected', 'already_exists'],
    ['registerIndividual', 422, 'rejected', 'business_rule'],
    ['addShareholder', 422, 'rejected', 'business_rule'],
    ['activateIndividual', 409, 'unknown-outcome', 'conflict'],
    ['activateOrganization', 409, 'unknown-outcome', 'conflict'],
    ['listEmployees', 404, 'misconfigured', 'not_found'],
    ['listEmployees', 500, 'not-done', 'server_error'],
    ['createAdminSession', 400, 'misconfigured', 'validation_failed'],
    ['createSubscription', 400, 'misconfigured', 'validation_failed'],
  ] as const)('%s: %i is %s, %s', (name, status, kind, code) => {
    expect(judge(name, { status })).toMatchObject({ kind, code, status, endpoint: name });
  });

  it.each([
    ['by the text', { message: 'Missing required header(s): platform' }],
    ['by a list', { data: { missingHeaders: ['deviceId'] } }],
    ['by the fields', { data: { errors: [{ field: 'X-Forwarded-For', message: 'is missing' }] } }],
    ['by the one that we guess', { data: { errors: [{ field: 'X-Organization-ID', message: 'is wrong' }] } }],
  ])('a 400 for missing headers, told %s, is our own mistake', (_, root) => {
    const failure = judge('addEmployee', { status: 400, root: new Fields({ code: 400, ...root }) });
    expect(failure).toMatchObject({ kind: 'misconfigured', code: 'headers_missing' });
  });

  it.each([
    ['addShareholder', 422, { missingSteps: ['employee'] }, 'prerequisite_missing'],
    ['activateIndividual', 400, { missingConsents: ['PRIVACY_POLICY'] }, 'prerequisite_missing'],
    ['registerIndividual', 400, { missingKeys: ['RISK_LEVEL'] }, 'category_refused'],
    ['registerOrganization', 400, { invalidValues: { 'customerCategory.id': 'c-1' } }, 'category_refused'],
  ] as const)('%s: %i with %j is no fault of the applicant: %s', (name, status, data, code) => {
    expect(judge(name, { status }, data)).toMatchObject({ kind: 'misconfigured', code });
  });

  it.each([404, 409])('a no is FinHub’s own: a %i without an envelope is an unknown outcome', (status) => {
    expect(judge('addEmployee', { status, root: undefined })).toMatchObject({
      kind: 'unknown-outcome',
      code: 'unreadable_answer',
    });
  });

  it('a gateway that has no route for us ends no onboarding', () => {
    const root = new Fields({ message: 'no Route matched with those values' });
    expect(judge('registerIndividual', { status: 404, root })).toMatchObject({ kind: 'misconfigured' });
  });

  it('a call that was not sent had no effect, whatever stopped it', () => {
    expect(failureWithoutAnswer('addEmployee', false, 'timed_out')).toMatchObject({ kind: 'not-done' });
    expect(failureWithoutAnswer('addEmployee', true, 'timed_out')).toMatchObject({ kind: 'unknown-outcome' });
    expect(failureWithoutAnswer('listEmployees', true, 'timed_out')).toMatchObject({ kind: 'not-done' });
  });
});

describe('Retry-After', () => {
  it.each([
    ['7', 7_000],
    [' 0 ', 0],
    ['Tue, 01 Jan 2030 00:01:30 GMT', 90_000],
    ['Mon, 31 Dec 2029 23:00:00 GMT', 0],
    ['999999999', 86_400_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('%p is %p ms', (header, ms) => {
    expect(retryAfterMsOf(header, now)).toBe(ms);
  });

  it('comes with the failure', () => {
    expect(judge('addEmployee', { status: 429, retryAfter: '3' })).toMatchObject({ retryAfterMs: 3_000 });
  });
});
