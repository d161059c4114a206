import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { individualRequestExample, organizationRequestExample } from '#contracts/request-examples.js';
import { PostgresProxy } from '../../../test/postgres-proxy.js';
import { everyTenant } from '../api-keys/api-key.js';
import { World, type RunningGateway } from '../testing/world.js';

let world: World;
let gateway: RunningGateway;
let key: string;

beforeAll(async () => {
  world = await World.open();
  gateway = await world.start();
  key = await world.key(['submit']);
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await world.close();
});

const submit = (requestId: string, request: unknown, query = '', at = gateway) =>
  at.call('POST', `/v1/onboardings${query}`, { key, json: { requestId, request } });
const idOf = (requestId: string) => onboardingIdOf(world.tenantId, requestId);
const requested = (requestId: string) => world.published('onboarding.requested.v1', idOf(requestId));
const refused = (requestId: string) => world.published('onboarding.refused.v1', idOf(requestId));
const underAge = {
  ...individualRequestExample,
  individual: { ...individualRequestExample.individual, dateOfBirth: '2024-01-01', phone: 'secret-phone' },
  consents: [],
};

describe('a request that keeps all rules', () => {
  test.each([
    ['individual', individualRequestExample],
    ['organization', organizationRequestExample],
  ])('of an %s is in the vault and its event on Kafka before it is answered', async (kind, request) => {
    const requestId = `good-${kind}`;
    const answer = await submit(requestId, request);
    const onboardingId = idOf(requestId);
    expect([answer.status, answer.json]).toEqual([202, { onboardingId, requestId, state: 'admitted' }]);
    expect(answer.headers.get('location')).toBe(`/v1/onboardings/${onboardingId}`);
    const [event, ...others] = await requested(requestId);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ tenantid: world.tenantId, sequence: 1, data: { isVaulted: true } });
    expect(await world.vaultOf().admissionById(onboardingId)).toMatchObject({ applicantKind: kind });
  });

  test('leaves nothing of the person on Kafka', async () => {
    await submit('silent', individualRequestExample);
    const [event] = await requested('silent');
    for (const value of Object.values(individualRequestExample.individual))
      if (typeof value === 'string' && value.length > 5) expect(event?.text).not.toContain(value);
  });

  test('gets the same answer again, and no second event', async () => {
    const [first, again] = [
      await submit('repeat', individualRequestExample),
      await submit('repeat', individualRequestExample),
    ];
    expect([first.status, again.status]).toEqual([202, 200]);
    expect(again.json).toEqual(first.json);
    expect(await requested('repeat')).toHaveLength(1);
  });

  test('sent by ten callers at the same time is admitted once, and every event of it has the same id', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => submit('together', individualRequestExample)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(9).fill(200), 202]);
    const events = await requested('together');
    expect(new Set(events.map(({ text }) => text)).size).toBe(1);
  });

  test('is only judged by a dry run: neither admitted nor published', async () => {
    const answer = await submit('dry', individualRequestExample, '?dryRun=true');
    expect([answer.status, answer.json]).toEqual([200, { isValid: true }]);
    expect(await world.vaultOf().admissionById(idOf('dry'))).toBeUndefined();
    expect(await requested('dry')).toEqual([]);
  });
});

test('a key of every tenant submits for the tenant that it names, and a key of one for no other', async () => {
  const json = { requestId: 'for-another', request: individualRequestExample };
  const everywhere = await world.key(['submit'], everyTenant);
  const named = `/v1/onboardings?tenantId=${world.tenantId}`;
  const alone = await gateway.call('POST', '/v1/onboardings', { key: everywhere, json });
  expect([alone.status, alone.json.code]).toEqual([400, 'parameter_invalid']);
  expect((await gateway.call('POST', named, { key: everywhere, json })).status).toBe(202);
  expect(await requested('for-another')).toMatchObject([{ tenantid: world.tenantId }]);
  const other = await world.key(['submit'], 'another-tenant');
  expect((await gateway.call('POST', named, { key: other, json })).status).toBe(403);
});

describe('a request whose COMMIT is lost', () => {
  const statements = {
    note: 'insert into gateway.unpublished',
    admission: 'insert into vault.admission',
    removal: 'delete from gateway.unpublished where onboarding_id',
  };

  test('is not lost, and sent again it is not doubled, whichever of its COMMITs that was', async () => {
    const proxy = await PostgresProxy.open(world.database.urlFor('gateway'));
    const cutOff = await world.start({ env: { DATABASE_URL: proxy.url } });
    const send = async (requestId: string) =>
      (await submit(requestId, individualRequestExample, '', cutOff)).status;
    try {
      const cases = [
        { of: 'note', fate: 'answer-lost', statuses: [503, 202] },
        { of: 'note', fate: 'statement-lost', statuses: [503, 202] },
        { of: 'admission', fate: 'answer-lost', statuses: [503, 200] },
        { of: 'admission', fate: 'statement-lost', statuses: [503, 202] },
        { of: 'removal', fate: 'answer-lost', statuses: [202, 200] },
        { of: 'removal', fate: 'statement-lost', statuses: [202, 200] },
      ] as const;
      for (const { of, fate, statuses } of cases) {
        const requestId = `${of}-${fate}`;
        const cut = proxy.nextCommit([statements[of], idOf(requestId)], fate);
        const first = await send(requestId);
        await cut;
        expect({ requestId, statuses: [first, await send(requestId)] }).toEqual({ requestId, statuses });
        const events = await requested(requestId);
        expect(new Set(events.map(({ id }) => id)).size).toBe(1);
        expect(await world.vaultOf().admissionById(idOf(requestId))).toMatchObject({ isErased: false });
      }
    } finally {
      await cutOff.stop();
      await proxy.close();
    }
  });
});

describe('a request that breaks rules', () => {
  test('is refused with all its errors, each with a pointer into the body', async () => {
    const answer = await submit('broken', underAge);
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.json).toMatchObject({ code: 'request_malformed', status: 422 });
    const { errors } = answer.json;
    expect(errors.map(({ pointer, code }) => `${code} ${pointer}`)).toEqual(
      expect.arrayContaining([
        'under_age /request/individual/dateOfBirth',
        'phone_not_e164 /request/individual/phone',
        'consent_missing /request/consents',
      ]),
    );
    expect(answer.text).not.toContain('secret-phone');
  });

  test('is announced as refused, without what it said, and reserves no id', async () => {
    await submit('mended', underAge);
    const [event] = await refused('mended');
    expect(event?.data).toMatchObject({ code: 'request_malformed' });
    expect(event?.data.errors.map(({ pointer }) => pointer)).toContain('/individual/phone');
    expect(event?.text).not.toContain('secret-phone');
    expect((await submit('mended', individualRequestExample)).status).toBe(202);
  });

  test('is told so by a dry run, which announces nothing', async () => {
    expect((await submit('dry-broken', underAge, '?dryRun=true')).status).toBe(422);
    expect(await refused('dry-broken')).toEqual([]);
  });

  test('of the same id but another body is a conflict, and the live one is not touched', async () => {
    await submit('taken', individualRequestExample);
    const answer = await submit('taken', organizationRequestExample);
    expect([answer.status, answer.json.code]).toEqual([409, 'request_conflict']);
    expect((await refused('taken')).map(({ data }) => data)).toEqual([{ code: 'request_conflict' }]);
    expect(await world.vaultOf().admissionById(idOf('taken'))).toMatchObject({ applicantKind: 'individual' });
  });

  test('with a document that was uploaded in another type or size than it declares is refused', async () => {
    const [document] = individualRequestExample.documents;
    const path = `/v1/onboardings/by-request/early/documents/${document?.id ?? ''}`;
    const body = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(11 * 1024 * 1024)]);
    await gateway.call('PUT', path, { key, body, headers: { 'content-type': 'application/pdf' } });
    const declared = { id: document?.id, type: document?.type, mimeType: 'image/png' };
    const documents = [declared, ...individualRequestExample.documents.slice(1)];
    const answer = await submit('early', { ...individualRequestExample, documents });
    expect(answer.json.errors).toEqual([
      expect.objectContaining({ pointer: '/request/documents/0', code: 'document_too_large' }),
      expect.objectContaining({ pointer: '/request/documents/0/mimeType', code: 'content_type_unsupported' }),
    ]);
  });
});

describe('what is no request at all', () => {
  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    gateway.call('POST', '/v1/onboardings', { key, body, headers });

  test.each([
    ['not JSON', '{"requestId": ', 400],
    ['larger than 1 MB', JSON.stringify({ requestId: 'x', request: 'x'.repeat(1_100_000) }), 413],
    ['a list', '[]', 422],
    ['a number', '7', 400],
    ['nesting without end', `{"request":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400],
    [
      'a key that reaches for the prototype',
      '{"requestId":"x","request":{"__proto__":{"isAdmin":true}}}',
      400,
    ],
    ['a constructor as a key', '{"constructor":{"prototype":{"isAdmin":true}}}', 400],
    ['an unknown field', '{"requestId":"x","request":{},"extra":1}', 422],
    ['a request id that is none', '{"requestId":"../etc","request":{}}', 422],
    ['no request', '{"requestId":"x"}', 422],
  ])('%s gets problem details', async (_what, body, status) => {
    const answer = await post(body);
    expect([answer.status, answer.json.status]).toEqual([status, status]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded'])(
    'a body of type %s gets 415',
    async (type) => {
      expect((await post('{"requestId":"x"}', { 'content-type': type })).status).toBe(415);
    },
  );

  test('unknown fields and bad ids are named by pointers', async () => {
    const { json } = await post('{"requestId":"../etc","request":{"kind":"individual"},"a/b":1}');
    const pointers = json.errors.map(({ pointer }) => pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/requestId', '/a~1b', '/request/individual']));
  });

  test('an unknown parameter of the address gets 400', async () => {
    expect((await submit('x', individualRequestExample, '?dryrun=true')).status).toBe(400);
  });

  test('the gateway takes good requests as before', async () => {
    expect((await submit('afterwards', individualRequestExample)).status).toBe(202);
  });
});
