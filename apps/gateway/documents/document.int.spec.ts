import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { documentIdOf, onboardingIdOf } from '#contracts/onboarding-id.js';
import { individualRequestExample, organizationRequestExample } from '#contracts/request-examples.js';
import { waitUntil } from '../../../test/wait-until.js';
import { World, type Answer, type RunningGateway } from '../testing/world.js';

const megabyte = 1024 * 1024;
const pdf = (bytes: number, fill = 0) => {
  const head = Buffer.from('%PDF-1.7\n');
  return Buffer.concat([head, Buffer.alloc(bytes - head.length, fill)]);
};
const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(100)]);

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

const idOf = (requestId: string) => onboardingIdOf(world.tenantId, requestId);
const put = (path: string, body: Buffer, type = 'application/pdf', withKey = key): Promise<Answer> =>
  gateway.call('PUT', `/v1/onboardings/${path}`, {
    key: withKey,
    body: new Uint8Array(body),
    headers: { 'content-type': type },
  });
const commandsOf = (requestId: string) => world.published('onboarding.command.v1', idOf(requestId));
const documentsOf = (requestId: string) => world.vaultOf().documents(idOf(requestId));

/** Admits the example with a document `late`, whose content is to come. */
async function admit(requestId: string, type: string, request: object = individualRequestExample) {
  const { documents } = request as typeof individualRequestExample;
  const late = { id: 'late', type, mimeType: 'application/pdf' };
  const json = { requestId, request: { ...request, documents: [...documents, late] } };
  const answer = await gateway.call('POST', '/v1/onboardings', { key, json });
  expect(answer.status).toBe(202);
}

describe('a document', () => {
  test('may come before its request, by the id of the request', async () => {
    const answer = await put('by-request/early/documents/late', pdf(1_000));
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ onboardingId: idOf('early'), documentId: 'late', sizeBytes: 1_000 });
    expect(await commandsOf('early')).toEqual([]);
    expect(await documentsOf('early')).toMatchObject([{ documentId: documentIdOf(idOf('early'), 'late') }]);
  });

  test('may come after its request, by our id, and the stage that waits for it is told to look again', async () => {
    await admit('after', 'BANK_STATEMENT');
    const answer = await put(`${idOf('after')}/documents/late`, pdf(300_000));
    expect([answer.status, answer.json.sizeBytes]).toEqual([200, 300_000]);
    expect((await commandsOf('after')).map(({ data }) => data)).toEqual([
      expect.objectContaining({ command: 'look-again', by: 'gateway' }),
    ]);
  });

  test('of 20 MB is taken where FinHub takes it', async () => {
    await admit('large', 'FINANCIAL_STATEMENTS', organizationRequestExample);
    expect((await put('by-request/large/documents/late', pdf(20 * megabyte))).status).toBe(200);
    expect((await documentsOf('large')).map(({ sizeBytes }) => sizeBytes)).toContain(20 * megabyte);
  }, 30_000);

  test('may be sent again with the same bytes, and not with others', async () => {
    const path = 'by-request/twice/documents/late';
    await put(path, pdf(5_000));
    expect((await put(path, pdf(5_000))).status).toBe(200);
    const other = await put(path, pdf(5_000, 7));
    expect([other.status, other.json.code]).toEqual([409, 'document_conflict']);
  });
});

describe('what is no document of the onboarding is refused', () => {
  test.each([
    [
      'too large for any type',
      'by-request/x/documents/d',
      () => pdf(20 * megabyte + 1),
      'application/pdf',
      413,
    ],
    ['of a type that FinHub does not take', 'by-request/x/documents/d', () => pdf(10), 'text/html', 415],
    ['whose bytes are of another type', 'by-request/x/documents/d', () => png, 'application/pdf', 415],
    [
      'shorter than any document',
      'by-request/x/documents/d',
      () => Buffer.from('%PD'),
      'application/pdf',
      415,
    ],
    ['empty', 'by-request/x/documents/d', () => Buffer.alloc(0), 'application/pdf', 400],
    ['with a name that is none', 'by-request/x/documents/..%2Fd', () => pdf(10), 'application/pdf', 400],
  ])('one %s', async (_what, path, body, type, status) => {
    const answer = await put(path, body(), type);
    expect([answer.status, answer.json.status]).toEqual([status, status]);
    expect(await documentsOf('x')).toEqual([]);
  });

  test('one that the request does not declare, or declares as another type', async () => {
    await admit('declared', 'BANK_STATEMENT');
    const unknown = await put('by-request/declared/documents/other', pdf(10));
    expect([unknown.status, unknown.json.code]).toEqual([404, 'document_unknown']);
    expect((await put('by-request/declared/documents/late', png, 'image/png')).status).toBe(415);
  });

  test('one over 10 MB, unless its type may have 20', async () => {
    await admit('ten', 'BANK_STATEMENT');
    const answer = await put('by-request/ten/documents/late', pdf(10 * megabyte + 1));
    expect([answer.status, answer.json.code]).toEqual([413, 'document_too_large']);
  });

  test("one of another tenant's onboarding", async () => {
    await admit('ours', 'BANK_STATEMENT');
    const other = await world.key(['submit'], 'another-tenant');
    expect((await put(`${idOf('ours')}/documents/late`, pdf(10), 'application/pdf', other)).status).toBe(404);
  });
});

/** An upload of which the spec decides when which bytes come. */
function startUpload(url: string, path: string, headers: Record<string, string>) {
  const upload = httpRequest(`${url}/v1/onboardings/${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/pdf', ...headers },
  });
  const status = new Promise<number | undefined>((resolve) => {
    upload.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    upload.on('error', () => {
      resolve(undefined);
    });
  });
  return { upload, status };
}

/** Whether the vault has begun to take a document of the request. */
async function hasBegun(requestId: string): Promise<boolean> {
  const owner = new Client({ connectionString: world.database.url });
  await owner.connect();
  const { rowCount } = await owner.query('select from vault.upload where onboarding_id = $1', [
    idOf(requestId),
  ]);
  await owner.end();
  return rowCount === 1;
}

/** The request is admitted after the first bytes of its document and before the last one. Gives the upload's status. */
async function besideItsRequest(requestId: string, body: Buffer, [name, type] = ['late', 'application/pdf']) {
  const path = `by-request/${requestId}/documents/${name}`;
  const { upload, status } = startUpload(gateway.url, path, { 'content-type': type });
  upload.write(body.subarray(0, 50));
  await waitUntil('the upload to begin', () => hasBegun(requestId));
  await admit(requestId, 'BANK_STATEMENT');
  upload.end(body.subarray(50));
  return status;
}

describe('a document that comes while its request comes', () => {
  test('wakes the stage that waits for it', async () => {
    expect(await besideItsRequest('beside', pdf(1_000))).toBe(200);
    expect((await commandsOf('beside')).map(({ data }) => data)).toEqual([
      expect.objectContaining({ command: 'look-again' }),
    ]);
  });

  test.each<[string, () => Buffer, [string, string], number]>([
    ['is of another type', () => png, ['late', 'image/png'], 415],
    ['is too large for its type', () => pdf(10 * megabyte + 1), ['late', 'application/pdf'], 413],
    ['is not declared', () => pdf(1_000), ['other', 'application/pdf'], 404],
  ])('is refused where it %s, and nothing of it is kept', async (what, body, of, status) => {
    const requestId = what.replaceAll(' ', '-');
    const before = individualRequestExample.documents.filter((document) => 'content' in document).length;
    expect(await besideItsRequest(requestId, body(), of)).toBe(status);
    expect(await documentsOf(requestId)).toHaveLength(before);
    expect(await hasBegun(requestId)).toBe(false);
  });
});

describe('uploads under way', () => {
  test.each([0, 3, 300_000])(
    'one that takes too long is given up after %s bytes, and its place too',
    async (bytes) => {
      const narrow = await world.start({ env: { UPLOADS_MAX: '1', UPLOAD_TIME_LIMIT_MS: '300' } });
      const { upload, status } = startUpload(narrow.url, `by-request/slow-${bytes}/documents/d`, {});
      upload.flushHeaders();
      if (bytes > 0) upload.write(pdf(1_000_000).subarray(0, bytes));
      expect(await status).toBe(408);
      const next = await narrow.call('PUT', '/v1/onboardings/by-request/quick/documents/d', {
        key,
        body: new Uint8Array(pdf(10)),
        headers: { 'content-type': 'application/pdf' },
      });
      expect(next.status).toBe(200);
      expect(await documentsOf(`slow-${bytes}`)).toEqual([]);
      upload.destroy();
      await narrow.stop();
    },
  );

  test('a stream without a length is cut at 20 MB, and told so', async () => {
    const { upload, status } = startUpload(gateway.url, 'by-request/endless/documents/d', {});
    const chunk = pdf(megabyte);
    for (let sent = 0; sent < 22; sent += 1) await new Promise((resolve) => upload.write(chunk, resolve));
    upload.end();
    expect(await status).toBe(413);
    expect(await documentsOf('endless')).toEqual([]);
  }, 30_000);

  test('one that breaks off leaves no document and gives its place back', async () => {
    const narrow = await world.start({ env: { UPLOADS_MAX: '1' } });
    const { upload } = startUpload(narrow.url, 'by-request/broken/documents/d', {
      'content-length': '500000',
    });
    upload.write(pdf(300_000));
    await waitUntil('the upload to begin', () => hasBegun('broken'));
    const full = () =>
      narrow.call('PUT', '/v1/onboardings/by-request/next/documents/d', {
        key,
        body: new Uint8Array(pdf(10)),
        headers: { 'content-type': 'application/pdf' },
      });
    const refused = await waitUntil('the place to be taken', async () => {
      const answer = await full();
      return answer.status === 503 && answer;
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    upload.destroy();
    await waitUntil('the place to be free', async () => (await full()).status === 200);
    expect(await documentsOf('broken')).toEqual([]);
    await narrow.stop();
  });

  test('their announced bytes never pass the bound of the process', async () => {
    const narrow = await world.start({ env: { UPLOAD_BYTES_MAX: String(20 * megabyte) } });
    const { upload } = startUpload(narrow.url, 'by-request/first/documents/d', {
      'content-length': '15000000',
    });
    upload.write(pdf(100_000));
    await waitUntil('the upload to begin', () => hasBegun('first'));
    const second = () =>
      narrow.call('PUT', '/v1/onboardings/by-request/second/documents/d', {
        key,
        body: new Uint8Array(pdf(6 * megabyte)),
        headers: { 'content-type': 'application/pdf' },
      });
    await waitUntil('the bytes to be taken', async () => (await second()).status === 503);
    upload.destroy();
    await waitUntil('the bytes to be free', async () => (await second()).status === 200);
    await narrow.stop();
  });
});
