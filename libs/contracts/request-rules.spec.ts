import { describe, expect, test } from '@jest/globals';
import { individualRequestExample, organizationRequestExample } from './request-examples.js';
import { checkRequest } from './request-rules.js';

const today = '2026-06-15';
type Json = Record<string, unknown>;

/** The example with one value set at a JSON pointer; `undefined` takes it out. */
function changed(example: object, pointer: string, value: unknown): Json {
  const copy = structuredClone(example) as Json;
  const path = pointer.split('/').slice(1);
  const last = path.pop() ?? '';
  const parent = path.reduce<Json>((at, key) => at[key] as Json, copy);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return copy;
}

const individual = (pointer: string, value: unknown) => changed(individualRequestExample, pointer, value);
const organization = (pointer: string, value: unknown) => changed(organizationRequestExample, pointer, value);
const errorsOf = (request: unknown) =>
  (checkRequest(request, today).errors ?? []).map(({ code, pointer }) => `${code} ${pointer}`);

const secondDirector = { ...organizationRequestExample.directors[0]?.person, email: 'second@example.test' };
const director2 = { person: secondDirector, role: 'EXECUTIVE_DIRECTOR' };
const owner = organizationRequestExample.shareholders[0];
const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown;

describe('a valid request', () => {
  test('of each kind is returned as it was', () => {
    expect(checkRequest(individualRequestExample, today).request).toEqual(individualRequestExample);
    expect(checkRequest(organizationRequestExample, today).request).toEqual(organizationRequestExample);
  });

  test.each(['Αλέξανδρος', 'محمد', '李小龍', 'Zoë 🦊', "O'Brien-Ní", 'Ñandú', 'นภา'])(
    'may have names of every script, of both directions and with emoji: %s',
    (name) => {
      expect(errorsOf(individual('/individual/firstName', name))).toEqual([]);
    },
  );

  test('is of age on the eighteenth birthday and not a day before', () => {
    expect(errorsOf(individual('/individual/dateOfBirth', '2008-06-15'))).toEqual([]);
    expect(errorsOf(individual('/individual/dateOfBirth', '2008-06-16'))).toEqual([
      'under_age /individual/dateOfBirth',
    ]);
  });

  test('sums its shares as decimals: three times 33.3333 and 0.0001 are 100', () => {
    const shares = ['33.3333', '33.3333', '33.3333', '0.0001'];
    const shareholders = shares.map((ownershipPercentage) => ({ ...owner, ownershipPercentage }));
    expect(errorsOf(organization('/shareholders', shareholders))).toEqual([]);
  });

  test('may carry documents of up to 256 kB inside', () => {
    const content = Buffer.alloc(256 * 1024, 7).toString('base64');
    expect(errorsOf(individual('/documents/0/content', content))).toEqual([]);
  });
});

describe('each broken rule has its pointer and code', () => {
  test.each<[string, Json, string[]]>([
    [
      'shares that do not sum to 100',
      organization('/shareholders/0/ownershipPercentage', '66.66'),
      ['shares_not_100 /shareholders'],
    ],
    [
      'a share that is a float',
      organization('/shareholders/0/ownershipPercentage', 66.67),
      ['wrong_type /shareholders/0/ownershipPercentage'],
    ],
    [
      'a share with five places',
      organization('/shareholders/0/ownershipPercentage', '66.66999'),
      ['percentage_invalid /shareholders/0/ownershipPercentage'],
    ],
    [
      'a share of nothing',
      organization('/shareholders', [
        { ...owner, ownershipPercentage: '100' },
        { ...owner, ownershipPercentage: '0' },
      ]),
      ['share_zero /shareholders/1/ownershipPercentage'],
    ],
    [
      'an owner of 25 % who is not declared',
      organization('/shareholders', [
        { ...owner, ownershipPercentage: '25', isBeneficialOwner: false },
        { ...owner, ownershipPercentage: '75' },
      ]),
      ['beneficial_owner_undeclared /shareholders/0/isBeneficialOwner'],
    ],
    [
      'PEP status not declared',
      organization('/shareholders/0/isPEP', undefined),
      ['is_pep_missing /shareholders/0/isPEP'],
    ],
    [
      'nobody with ADMIN_USER',
      organization('/employees/0/roles', ['EMPLOYEE']),
      ['admin_user_missing /employees'],
    ],
    ['no employees', organization('/employees', []), ['admin_user_missing /employees']],
    ['no director', organization('/directors', []), ['director_missing /directors']],
    [
      'two directors with one e-mail',
      organization('/directors', [
        organizationRequestExample.directors[0],
        organizationRequestExample.directors[0],
      ]),
      ['email_duplicate /directors/1/person/email', 'director_id_missing /documents'],
    ],
    [
      'fewer director ids than directors',
      organization('/directors/1', director2),
      ['director_id_missing /documents'],
    ],
    [
      'a missing document of an organization',
      organization('/documents', organizationRequestExample.documents.slice(1)),
      ['document_missing /documents'],
    ],
    [
      'a category of medium risk without its document',
      individual('/categoryName', 'MEDIUM_RISK_INDIVIDUAL'),
      ['document_missing /documents'],
    ],
    ['no identity document', individual('/documents/0/type', 'SELFIE'), ['document_missing /documents']],
    [
      'two documents with one id',
      individual('/documents/1/id', 'passport'),
      ['document_id_duplicate /documents/1/id'],
    ],
    [
      'a weak password',
      individual('/individual/password', 'Too-short-1'),
      ['password_too_weak /individual/password'],
    ],
    [
      'a password without symbol',
      individual('/individual/password', 'Longenough1234'),
      ['password_too_weak /individual/password'],
    ],
    [
      'a phone with spaces',
      individual('/individual/phone', '+370 600 00001'),
      ['phone_not_e164 /individual/phone'],
    ],
    [
      'a day that does not exist',
      individual('/individual/dateOfBirth', '1991-02-30'),
      ['date_invalid /individual/dateOfBirth'],
    ],
    [
      'a birth in the future',
      individual('/individual/dateOfBirth', '2030-01-01'),
      ['date_in_future /individual/dateOfBirth'],
    ],
    [
      'a birth before 1900',
      individual('/individual/dateOfBirth', '1899-12-31'),
      ['date_too_early /individual/dateOfBirth'],
    ],
    [
      'a founding in the future',
      organization('/organization/incorporationDate', '2026-06-16'),
      ['date_in_future /organization/incorporationDate'],
    ],
    [
      'a consent given twice, another not',
      individual('/consents/2/type', 'terms'),
      ['consent_missing /consents', 'consent_duplicate /consents/2/type'],
    ],
    [
      'a consent given in two days',
      individual('/consents/0/acceptedAt', '2026-06-17T00:00:00Z'),
      ['time_in_future /consents/0/acceptedAt'],
    ],
    [
      'an IP address that is none',
      individual('/consents/0/ipAddress', 'localhost'),
      ['ip_address_invalid /consents/0/ipAddress'],
    ],
    [
      'a country by name',
      individual('/individual/nationality', 'Lithuania'),
      ['country_code_invalid /individual/nationality'],
    ],
    [
      'a name of 10,000 characters',
      individual('/individual/lastName', 'x'.repeat(10_000)),
      ['too_long /individual/lastName'],
    ],
    ['an empty name', individual('/individual/lastName', ''), ['too_short /individual/lastName']],
    ['an invisible name', individual('/individual/lastName', ' \u200b '), ['blank /individual/lastName']],
    [
      'a NUL byte',
      individual('/individual/lastName', 'a\u0000b'),
      ['control_character /individual/lastName'],
    ],
    ['a line break', individual('/individual/lastName', 'a\nb'), ['control_character /individual/lastName']],
    [
      'half a surrogate pair',
      individual('/individual/lastName', 'a\ud83d'),
      ['unpaired_surrogate /individual/lastName'],
    ],
    ['a missing field', individual('/individual/email', undefined), ['required /individual/email']],
    ['an unknown field', individual('/individual/nickname', 'x'), ['unknown_field /individual']],
    ['an unknown kind', individual('/kind', 'robot'), ['not_allowed_value /kind']],
    ['no kind', individual('/kind', undefined), ['required /kind']],
    ['nesting where a text belongs', individual('/individual/firstName', deep), ['too_deep ']],
    ['a million values', individual('/documents', Array(1_000_000).fill(0)), ['too_large ']],
    [
      'content that is not base64',
      individual('/documents/0/content', 'so?!'),
      ['content_not_base64 /documents/0/content'],
    ],
    ['empty content', individual('/documents/0/content', ''), ['content_empty /documents/0/content']],
    [
      'content over 256 kB',
      individual('/documents/0/content', Buffer.alloc(256 * 1024 + 1).toString('base64')),
      ['content_too_large /documents/0/content'],
    ],
  ])('%s', (_title, request, errors) => {
    expect(errorsOf(request)).toEqual(errors);
  });

  test('a category of high risk names each document that it lacks, whatever its spelling', () => {
    const messagesOf = (categoryName: string, documents = individualRequestExample.documents) =>
      (checkRequest({ ...individualRequestExample, categoryName, documents }, today).errors ?? []).map(
        ({ message }) => message,
      );
    const types = ['SOURCE_OF_FUNDS', 'BENEFICIAL_OWNERSHIP', 'PEP_DECLARATION'] as const;
    for (const name of ['HIGH_RISK_INDIVIDUAL', 'Individual, high risk', 'high-risk'])
      expect(messagesOf(name)).toEqual(
        types.map((type) => `A document is missing for a category of high risk: ${type}.`),
      );
    const more = types.map((type) => ({ id: type, type, mimeType: 'application/pdf' as const }));
    expect(messagesOf('HIGH_RISK_INDIVIDUAL', [...individualRequestExample.documents, ...more])).toEqual([]);
    expect(messagesOf('INDIVIDUAL_STANDARD')).toEqual([]);
  });

  test('an organization declares the same documents in a category of any risk', () => {
    expect(errorsOf(organization('/categoryName', 'HIGH_RISK_BUSINESS'))).toEqual([]);
  });

  test('two documents of one type with the same content', () => {
    const content = Buffer.from('the same').toString('base64');
    const document = { type: 'PROOF_OF_ADDRESS', mimeType: 'application/pdf', content };
    const documents = [
      individualRequestExample.documents[0],
      { id: 'a', ...document },
      { id: 'b', ...document },
    ];
    expect(errorsOf(individual('/documents', documents))).toEqual([
      'document_content_duplicate /documents/2/content',
    ]);
  });

  test('an employee with the same role twice, and two legal representatives', () => {
    const employee = { ...organizationRequestExample.employees[0], roles: ['ADMIN_USER', 'ADMIN_USER'] };
    const other = { ...employee, person: secondDirector, roles: ['EMPLOYEE'] };
    expect(errorsOf(organization('/employees', [employee, other]))).toEqual([
      'primary_owner_ambiguous /employees/1/isPrimaryOwner',
      'role_duplicate /employees/0/roles/1',
    ]);
  });
});

describe('all errors at once', () => {
  test('of shape and of business, over the whole request', () => {
    const request = organization('/shareholders/0/ownershipPercentage', '10');
    const worse = changed(changed(request, '/organization/email', 'nobody'), '/directors', []);
    expect(errorsOf(worse)).toEqual([
      'email_invalid /organization/email',
      'director_missing /directors',
      'shares_not_100 /shareholders',
    ]);
  });

  test.each([undefined, 'INDIVIDUAL'])('of a request whose kind is %p, but can be told', (kind) => {
    const worse = changed(individual('/individual/email', 'nobody'), '/individual/dateOfBirth', '2010-01-01');
    const [, ...documents] = individualRequestExample.documents;
    expect(errorsOf({ ...worse, documents, consents: [], kind })).toEqual([
      `${kind === undefined ? 'required' : 'not_allowed_value'} /kind`,
      'email_invalid /individual/email',
      'too_few /consents',
      'under_age /individual/dateOfBirth',
      'document_missing /documents',
      ...Array(3).fill('consent_missing /consents'),
    ]);
  });

  test('of a shareholder whose type is missing or wrong', () => {
    const [person, company] = organizationRequestExample.shareholders;
    const shareholders = [
      { ...person, type: undefined, isPEP: undefined, isBeneficialOwner: false },
      { ...company, type: 'COMPANY', ownershipPercentage: '0' },
    ];
    expect(errorsOf(JSON.parse(JSON.stringify(organization('/shareholders', shareholders))))).toEqual([
      'required /shareholders/0/type',
      'not_allowed_value /shareholders/1/type',
      'is_pep_missing /shareholders/0/isPEP',
      'shares_not_100 /shareholders',
      'beneficial_owner_undeclared /shareholders/0/isBeneficialOwner',
      'share_zero /shareholders/1/ownershipPercentage',
    ]);
  });

  test('prototype keys are unknown fields like any other', () => {
    const text = JSON.stringify(individualRequestExample).replace(
      '{',
      '{"__proto__":{"kind":"x"},"constructor":1,',
    );
    const result = checkRequest(JSON.parse(text), today);
    expect(result.errors?.map(({ message }) => message)).toEqual([
      'Field number 1 of this object is not part of the schema.',
      'Field number 2 of this object is not part of the schema.',
    ]);
  });

  test('an object that breaks whoever asks for its constructor is a request like any other', () => {
    const hostile = Object.assign(Object.create(null) as object, {
      constructor: { name: { toString: null } },
    });
    expect(errorsOf(individual('/individual/firstName', hostile))).toEqual([
      'wrong_type /individual/firstName',
    ]);
    const nothing = ['required /kind', 'required /documents', 'required /consents'];
    expect(errorsOf(hostile)).toEqual([...nothing, 'unknown_field ', 'required ']);
    expect(errorsOf(organization('/shareholders', [hostile]))).toContain('required /shareholders/0');
  });

  test.each([null, 5, 'text', true, [], undefined])('%p is not a request', (request) => {
    expect(errorsOf(request)).toEqual(['not_an_object ']);
  });
});
