import { describe, expect, test } from '@jest/globals';
import { individualRequestExample, organizationRequestExample } from './request-examples.js';
import { checkRequest } from './request-rules.js';

const errorsOf = (request: unknown) =>
  (checkRequest(request, '2026-06-15').errors ?? []).map(({ code, pointer }) => `${code} ${pointer}`);
const [administrator] = organizationRequestExample.employees;
const badlyStaffed = { ...organizationRequestExample, employees: [{ ...administrator, position: '' }] };

describe('all errors at once', () => {
  test('where nobody can tell the kind: of whatever there is, and that one of both kinds has to be there', () => {
    const { documents, consents } = individualRequestExample;
    const twice = { documents: [documents[0], { ...documents[0], type: 'X' }], consents: consents.slice(1) };
    expect(errorsOf({ ...twice, activationCode: '', extra: 1 })).toEqual([
      'required /kind',
      'too_short /activationCode',
      'not_allowed_value /documents/1/type',
      'unknown_field ',
      'required ',
      'document_id_duplicate /documents/1/id',
      'consent_missing /consents',
    ]);
    expect(errorsOf({})).toEqual([
      'required /kind',
      'required /documents',
      'required /consents',
      'required ',
    ]);
  });

  test('where the request has both kinds and does not say which: of both, and that it is one too many', () => {
    const { organization: company } = organizationRequestExample;
    const worse = {
      ...individualRequestExample,
      individual: { ...individualRequestExample.individual, phone: '123' },
    };
    const organization = { ...company, email: 'nobody', password: 'weak', extra: 1 };
    expect(errorsOf({ ...worse, kind: 'person', organization })).toEqual([
      'not_allowed_value /kind',
      'phone_not_e164 /individual/phone',
      'email_invalid /organization/email',
      'unknown_field /organization',
      'unknown_field ',
      'password_too_weak /organization/password',
    ]);
  });

  test('whose kind only the lists of an organization tell', () => {
    const { kind: _kind, organization: _, ...rest } = badlyStaffed;
    expect(errorsOf(rest)).toEqual([
      'required /kind',
      'required /organization',
      'too_short /employees/0/position',
    ]);
    const both = { ...individualRequestExample, ...badlyStaffed, kind: 1 };
    expect(errorsOf(both)).toEqual(['wrong_type /kind', 'too_short /employees/0/position', 'unknown_field ']);
  });

  test('a kind that is told is not guessed by what does not go with it', () => {
    const { employees } = organizationRequestExample;
    expect(errorsOf({ ...individualRequestExample, employees })).toEqual(['unknown_field ']);
  });

  test('of a shareholder whose type nobody can tell', () => {
    const [person, company] = organizationRequestExample.shareholders;
    const { firstName: _f, lastName: _l, ...nobody } = { ...person, ...{ firstName: '', lastName: '' } };
    const both = { ...company, ...person, isPEP: 1 };
    const shareholders = [{ ...nobody, type: 'X', isPEP: undefined }, { ...both, type: undefined }, 7];
    expect(errorsOf(JSON.parse(JSON.stringify({ ...organizationRequestExample, shareholders })))).toEqual([
      'not_allowed_value /shareholders/0/type',
      'required /shareholders/1/type',
      'wrong_type /shareholders/2',
      'is_pep_missing /shareholders/0/isPEP',
      'wrong_type /shareholders/1/isPEP',
      'required /shareholders/0',
      'unknown_field /shareholders/1',
    ]);
  });

  test('of a request that reaches for a prototype, or nests without end', () => {
    const text = '{"__proto__":{"kind":"individual"},"constructor":{"x":1},"toString":1,"documents":[]}';
    expect(errorsOf(JSON.parse(text))).toEqual([
      'required /kind',
      'too_few /documents',
      'required /consents',
      'unknown_field ',
      'unknown_field ',
      'unknown_field ',
      'required ',
    ]);
    const deep: unknown = JSON.parse('['.repeat(5000) + ']'.repeat(5000));
    expect(errorsOf({ individual: deep, organization: deep })).toEqual(['too_deep ']);
  });
});
