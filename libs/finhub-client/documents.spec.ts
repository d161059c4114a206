import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FinhubClient, type FinhubTenant } from './client.js';
import { isFileNamed, type DocumentUpload, type Uploaded } from './documents.js';
import { base64Json, base64JsonBytes, ContentSizeError } from './base64-json.js';
import { answer, jwt, LocalFinhub, tenantUuid } from './testing/local-finhub.js';
import { SlowReceiver } from './testing/slow-receiver.js';

const megabyte = 1024 * 1024;
const document = {
  kind: 'individual',
  customerId: 'c-1',
  verificationId: 'v-1',
  type: 'PASSPORT',
  fileName: 'doc-1.pdf',
  mimeType: 'application/pdf',
} as const;

const clients: FinhubClient[] = [];
let finhub: LocalFinhub;
let tenant: FinhubTenant;

beforeEach(async () => {
  finhub = await LocalFinhub.start();
  tenant = tenantOf(finhub);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await finhub.close();
});

function tenantOf(server: { settings: LocalFinhub['settings'] }, uploadBytesMax?: number): FinhubTenant {
  const client = new FinhubClient([server.settings()], { uploadBytesMax });
  clients.push(client);
  return client.tenant(tenantUuid);
}

async function* pieces(...parts: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}

function upload(changes: Pick<DocumentUpload, 'content' | 'sizeBytes'>, on = tenant): Promise<Uploaded> {
  return on.uploadDocument({ ...document, ...changes });
}

describe('a document that FinHub refuses (409)', () => {
  it.each(['APPROVED', 'REJECTED'])('is none that is missed where the verification is %s', async (status) => {
    finhub.respond = ({ method }, response) =>
      method === 'POST' ? answer(response, 409, {}) : answer(response, 200, { verificationStatus: status });
    expect(await upload({ content: pieces('abc'), sizeBytes: 3 })).toEqual({ isClosed: true });
  });

  it('is a no where the verification is open', async () => {
    finhub.respond = ({ method }, response) =>
      method === 'POST'
        ? answer(response, 409, {})
        : answer(response, 200, { verificationStatus: 'PENDING' });
    await expect(upload({ content: pieces('abc'), sizeBytes: 3 })).rejects.toMatchObject({
      kind: 'rejected',
      code: 'conflict',
    });
  });
});

describe('a document on its way to FinHub', () => {
  it.each([
    [['']],
    [['a']],
    [['ab']],
    [['abc', 'd', '', 'efghi', 'jk']],
    [['x'.repeat(200_001), 'y'.repeat(7)]],
  ])('arrives byte for byte, however it is cut (%#)', async (parts) => {
    finhub.respond = (_, response) =>
      answer(response, 200, { documentId: 'd-1', documentType: 'DT_PASSPORT' });
    const whole = parts.join('');
    expect(await upload({ content: pieces(...parts), sizeBytes: whole.length })).toEqual({
      documentId: 'd-1',
    });
    const { fileContent, ...rest } = JSON.parse(finhub.received[0]!.body) as Record<string, string>;
    expect(Buffer.from(fileContent!, 'base64').toString()).toBe(whole);
    expect(rest).toEqual({
      verificationId: 'v-1',
      documentType: 'PASSPORT',
      mimeType: 'application/pdf',
      fileName: 'doc-1.pdf',
      customerId: 'c-1',
    });
    expect(finhub.received[0]!.headers['content-length']).toBe(String(finhub.received[0]!.body.length));
  });

  it.each([
    ['longer', 3],
    ['shorter', 9],
  ])('that is %s than announced is an error of its own, and never whole at FinHub', async (_, sizeBytes) => {
    await expect(upload({ content: pieces('abc', 'def'), sizeBytes })).rejects.toThrow(ContentSizeError);
    expect(finhub.received.filter(({ body }) => body.endsWith('}'))).toEqual([]);
  });

  it('whose bytes cannot be read fails with that very error', async () => {
    const broken = new Error('the vault is closed');
    async function* content(): AsyncGenerator<Buffer> {
      yield Buffer.from('ab');
      throw broken;
    }
    await expect(upload({ content: content(), sizeBytes: 9 })).rejects.toBe(broken);
  });

  it('is opened anew when a refused session makes the call be sent again', async () => {
    finhub.respond = ({ headers }, response) => {
      const isNew = headers.authorization === `Bearer ${jwt({ lifetimeS: 3600, jti: 2 })}`;
      answer(response, isNew ? 200 : 401, { documentId: 'd-1' });
    };
    await expect(upload({ content: () => pieces('abc'), sizeBytes: 3 })).resolves.toEqual({
      documentId: 'd-1',
    });
    expect(finhub.received.map(({ body }) => body)).toEqual([
      finhub.received[0]!.body,
      finhub.received[0]!.body,
    ]);
  });

  it('that cannot be opened anew is not-done then: the step is tried again with a fresh session', async () => {
    finhub.respond = (_, response) => answer(response, 401, {});
    const refused = upload({ content: pieces('abc'), sizeBytes: 3 });
    await expect(refused).rejects.toMatchObject({ kind: 'not-done', code: 'unauthorized' });
  });

  it('is recognised in a list by its name, behind FinHub’s prefix too', () => {
    const sent = '3f0c5c2e-7a51-4f43-9a0f-0d3c1d8f2b11.pdf';
    expect(isFileNamed(sent, sent)).toBe(true);
    expect(isFileNamed(`0a1b2c3d_${sent}`, sent)).toBe(true);
    expect(isFileNamed(`other-${sent}`, sent)).toBe(false);
    expect(isFileNamed('x.pdf', sent)).toBe(false);
  });

  it('has a body whose length is known before its content is read', async () => {
    const json = { fields: { name: 'ė"' }, name: 'file', sizeBytes: 4 };
    const chunks: Buffer[] = [];
    for await (const chunk of base64Json(json, pieces('abcd'))) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toHaveLength(base64JsonBytes(json));
  });
});

describe('documents under way', () => {
  let receiver: SlowReceiver;

  beforeEach(async () => {
    receiver = await SlowReceiver.start();
  });
  afterEach(() => receiver.close());

  it('are read no faster than FinHub takes them', async () => {
    let bytes = 0;
    async function* content(): AsyncGenerator<Buffer> {
      for (let part = 0; part < 60; part += 1) {
        bytes += megabyte;
        yield await Promise.resolve(Buffer.alloc(megabyte));
      }
    }
    const done = upload({ content: content(), sizeBytes: 60 * megabyte }, tenantOf(receiver));
    const held = await receiver.nextUpload();
    await receiver.untilItsBufferIsFull(() => bytes);
    expect(bytes).toBeLessThan(20 * megabyte);
    receiver.answer(held);
    await expect(done).resolves.toEqual({ documentId: 'd-1' });
    expect(bytes).toBe(60 * megabyte);
  });

  it('have no more bytes together than the bound; the next one waits its turn', async () => {
    const on = tenantOf(receiver, 10 * megabyte);
    const small = { content: () => pieces(Buffer.alloc(4 * megabyte)), sizeBytes: 4 * megabyte };
    const all = Promise.all([upload(small, on), upload(small, on), upload(small, on)]);
    const held = [await receiver.nextUpload(), await receiver.nextUpload()];
    expect(receiver.open).toBe(2);
    for (const upload of held) receiver.answer(upload);
    receiver.answer(await receiver.nextUpload());
    await all;
    expect(receiver.openMax).toBe(2);
  });

  it('are never whole in memory: eight of 20 MB cost a fraction of their size', async () => {
    const on = tenantOf(receiver, 200 * megabyte);
    const chunk = Buffer.alloc(256 * 1024);
    async function* content(): AsyncGenerator<Buffer> {
      for (let part = 0; part < 80; part += 1) yield await Promise.resolve(chunk);
    }
    const before = process.memoryUsage().arrayBuffers;
    const all = Promise.all(
      Array.from({ length: 8 }, () => upload({ content: content(), sizeBytes: 20 * megabyte }, on)),
    );
    for (let started = 0; started < 8; started += 1) receiver.answer(await receiver.nextUpload());
    await all;
    expect(receiver.arrayBuffersMax - before).toBeLessThan(80 * megabyte);
  });

  it('that wait beyond the time limit, or are given up, are not-done', async () => {
    const on = tenantOf(receiver, megabyte);
    const first = upload({ content: pieces(Buffer.alloc(megabyte)), sizeBytes: megabyte }, on);
    const held = await receiver.nextUpload();
    const call = { signal: new AbortController().signal, timeLimitMs: 50, beforeSend: () => undefined };
    const waiting = { ...document, content: pieces('abc'), sizeBytes: 3 };
    await expect(on.uploadDocument(waiting, call)).rejects.toMatchObject({
      kind: 'not-done',
      code: 'uploads_full',
    });
    const abort = new AbortController();
    const given = on.uploadDocument(waiting, { ...call, signal: abort.signal, timeLimitMs: 5_000 });
    abort.abort();
    await expect(given).rejects.toMatchObject({ kind: 'not-done', code: 'uploads_full' });
    receiver.answer(held);
    await first;
  });
});
