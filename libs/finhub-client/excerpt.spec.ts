import { describe, expect, it } from '@jest/globals';
import { excerptOf } from './excerpt.js';

const show = (answer: unknown, request: unknown = {}) =>
  excerptOf(Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)), request);

describe('an excerpt of an answer', () => {
  it('keeps what explains the failure, with FinHub’s ids', () => {
    const id = '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11';
    const answer = { code: 409, message: `Customer ${id} exists`, data: { error: 'DUPLICATE_EMAIL' } };
    expect(show(answer)).toBe(JSON.stringify(answer));
  });

  it.each([
    'The first employee of a BUSINESS_TYPE_CLIENT_TO_TENANT organization must have the role ADMIN_USER',
    'The verification is not APPROVED; Consents are missing; Required documents are missing',
    'All shares together must not pass 100 %',
    'Missing required header(s): X-Forwarded-For, platform, deviceId, User-Agent',
    "must have required property 'person.dateOfBirth' of employees.0.roles",
    'Tenant access denied or categorization not available',
    'Invalid base64; fileContent is larger than 10 MB, fileName has no extension',
    '504 Gateway Time-out: upstream request timed out',
  ])('keeps plain words: %s', (message) => {
    expect(show({ message })).toBe(JSON.stringify({ message }));
  });

  it('keeps a machine code that nobody knows, where codes are', () => {
    const code = '{"error":"FATCA_TIER2_UNMET","details":"***"}';
    expect(show({ error: 'FATCA_TIER2_UNMET', details: 'FATCA_TIER2_UNMET' })).toBe(code);
  });

  it('blanks every text that does not explain', () => {
    const data = {
      error: 'X',
      customerName: 'Status',
      list: ['Key'],
      person: { iban: 'x', errors: [{ field: 'email' }] },
    };
    expect(show({ code: 400, data })).toBe(
      '{"code":400,"data":{"error":"X","customerName":"…","list":["…"],"person":{"iban":"…","errors":[{"field":"email"}]}}}',
    );
  });

  it.each([
    ['e-mails', 'user ona.p+x@example.test exists', 'user *** exists'],
    [
      'names',
      'Director Jonas KAZLAUSKAS, O’Neill-Žemaitė is not verified',
      'Director *** ***, ***’*** is not verified',
    ],
    ['names in ids', 'user customer.jonas, UserKazlauskas, JONAS_KAZLAUSKAS', 'user ***, ***, ***'],
    ['phones', 'call +370 600 12-345 not 600 123 45', 'call *** not ***'],
    ['IBANs', 'to LT12 1000 0111 0100 1000, LT121000011101001000', 'to *** ***, ***'],
    ['IP addresses', 'from 203.0.113.77', 'from ***'],
    ['long digits', 'code 123456', 'code ***'],
    ['dates', 'birth 1991-02-03', 'birth ***'],
    ['tokens', 'bad eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln', 'bad ***'],
    ['base64', `file ${Buffer.from('canary canary canary').toString('base64')}`, 'file ***='],
  ])('masks %s', (_, message, masked) => {
    expect(show({ message })).toBe(JSON.stringify({ message: masked }));
  });

  it('masks every text of the request, its longer words too, in any case and any escaping', () => {
    const request = {
      name: 'Onutė Petraitė',
      place: 'the "old" town',
      gender: '1',
      tags: [{ deep: 'Quux' }],
    };
    const message = 'ONUTĖ PETRAITĖ alias petraitė of the "old" town is 1, not 11: quux';
    expect(show({ message }, request)).toBe('{"message":"*** *** *** of *** is ***, not 11: ***"}');
    expect(show({ message: 'Customer Power Service exists' }, { name: 'Power Service' })).toBe(
      '{"message":"Customer *** exists"}',
    );
    expect(show(`{"message":"Onut\\u0117 Petrait\\u0117"}`, request)).toBe('{"message":"***"}');
  });

  it('shows of broken JSON its keys only', () => {
    const broken = '{"code":200,"data":{"name":"Ona","email":"a@b.test","title":"Petr';
    expect(show(broken)).toBe('{"code":200,"data":{"name":"…","email":"…","title":"…"');
  });

  it('shows of a page its text, in one line of at most 300 characters', () => {
    expect(show('<html>\n  <h1>Bad   Gateway</h1>\n</html>')).toBe('<html> <h1>Bad Gateway</h1> </html>');
    expect(show('x a '.repeat(10_000))).toHaveLength(300);
  });

  it('shows nothing of nothing, and survives what is deep, huge or no text', () => {
    expect(show('')).toBeUndefined();
    expect(show('[{"message":'.repeat(2_000))?.length).toBeLessThanOrEqual(300);
    expect(show(`${'[1,'.repeat(50)}"x"${']'.repeat(50)}`)).toContain('…');
    expect(excerptOf(Buffer.alloc(1_000_000, 0xff), {})).toHaveLength(300);
  });

  it('is made also of the worst megabyte: no pattern takes a time that grows with its square', () => {
    const request = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`f${n}`, `value ${'a'.repeat(n)}`]),
    );
    for (const bad of ['a', '1', 'aA1+', '"\\', 'eyJ', '@', '1-', 'LT12 '])
      expect(show(bad.repeat(1_000_000 / bad.length), request)?.length).toBeLessThanOrEqual(300);
  });
});
