import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { documentIdOf } from '#contracts/onboarding-id.js';
import { waitUntil } from '../../test/wait-until.js';
import { newAdmission, openVault, type VaultFixture } from '../../test/vault-fixture.js';
import type { Admission } from './admission.js';
import type { DocumentUpload } from './document.js';
import { Vault } from './vault.js';

const megabyte = 1024 * 1024;
let fixture: VaultFixture;
/** With the rights of a stage. */
let vault: Vault;
/** With the rights of the gateway, through which documents come. */
let door: Vault;

beforeAll(async () => {
  fixture = await openVault();
  vault = fixture.vault;
  door = new Vault(fixture.poolOf('gateway'), fixture.keys).forTenant('tenant-a');
});
afterAll(() => fixture.close());

function uploadTo(admission: Admission, id = 'passport', maxBytes = 20 * megabyte): DocumentUpload {
  const { tenantId, requestId, onboardingId } = admission;
  return {
    tenantId,
    requestId,
    documentId: documentIdOf(onboardingId, id),
    mimeType: 'application/pdf',
    maxBytes,
  };
}

async function read({ onboardingId }: Admission, id = 'passport'): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of vault.readDocument(onboardingId, documentIdOf(onboardingId, id)))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function count(table: string): Promise<number> {
  const { rows } = await fixture.admin.query<{ n: string }>(`select count(*) as n from vault.${table}`);
  return Number(rows[0]!.n);
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('documents', () => {
  it.each([
    ['before', 1],
    ['after', 2],
  ])('takes a document %s its request', async (when) => {
    const admission = newAdmission();
    const bytes = randomBytes(600_000);
    if (when === 'after') await vault.admit([admission]);
    const receipt = await door.putDocument(uploadTo(admission), Readable.from([bytes]));
    if (when === 'before') expect(await vault.admit([admission])).toEqual(['new']);

    expect(receipt).toEqual({ sizeBytes: 600_000, sha256: sha256(bytes) });
    expect(await vault.documents(admission.onboardingId)).toEqual([
      { ...receipt, documentId: uploadTo(admission).documentId, mimeType: 'application/pdf' },
    ]);
    expect((await read(admission)).equals(bytes)).toBe(true);
  });

  it('streams 20 MB in and out with a few chunks in memory', async () => {
    const admission = newAdmission();
    const total = 20 * megabyte;
    let given = 0;
    let stored = 0;
    let aheadMax = 0;
    const pieces = function* () {
      for (; given < total; given += 100_000) {
        aheadMax = Math.max(aheadMax, given - stored);
        yield Buffer.alloc(Math.min(100_000, total - given), given % 251);
      }
    };
    const pool = fixture.poolOf('gateway');
    pool.on('release', () => (stored = given));
    const receipt = await new Vault(pool, fixture.keys)
      .forTenant('tenant-a')
      .putDocument(uploadTo(admission), Readable.from(pieces(), { highWaterMark: 1 }));
    let bytesRead = 0;
    let chunkMax = 0;
    for await (const chunk of vault.readDocument(admission.onboardingId, uploadTo(admission).documentId)) {
      bytesRead += chunk.length;
      chunkMax = Math.max(chunkMax, chunk.length);
    }

    expect([receipt.sizeBytes, bytesRead]).toEqual([total, total]);
    expect(chunkMax).toBe(256 * 1024);
    expect(aheadMax).toBeLessThanOrEqual(megabyte);
  });

  it('takes the same bytes again, refuses others, and keeps the first', async () => {
    const admission = newAdmission();
    const upload = uploadTo(admission);
    const receipt = await door.putDocument(upload, Readable.from([Buffer.from('one')]));
    const chunks = await count('document_chunk');

    expect(await door.putDocument(upload, Readable.from([Buffer.from('one')]))).toEqual(receipt);
    await expect(door.putDocument(upload, Readable.from([Buffer.from('two')]))).rejects.toMatchObject({
      code: 'document_conflict',
    });
    expect((await read(admission)).toString()).toBe('one');
    expect(await count('document_chunk')).toBe(chunks);
  });

  it('lets one of two uploads at the same time be the document, and calls other bytes a conflict', async () => {
    const admission = newAdmission();
    const uploads = ['one', 'two'].map((text) =>
      door.putDocument(uploadTo(admission), Readable.from([Buffer.from(text)])),
    );
    const settled = await Promise.allSettled(uploads);

    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await vault.documents(admission.onboardingId)).toHaveLength(1);
  });

  it('keeps nothing of an upload that is too large, empty or cut off', async () => {
    const admission = newAdmission();
    const cutOff = new Readable({ read: () => undefined });
    cutOff.push(randomBytes(300_000));
    const before = [await count('document_chunk'), await count('upload')];
    const large = Readable.from([randomBytes(300_000), randomBytes(300_000)]);

    await expect(door.putDocument(uploadTo(admission, 'a', 500_000), large)).rejects.toMatchObject({
      code: 'document_too_large',
      bytesMax: 500_000,
    });
    await expect(door.putDocument(uploadTo(admission, 'b'), Readable.from([]))).rejects.toMatchObject({
      code: 'document_empty',
    });
    const upload = door.putDocument(uploadTo(admission, 'c'), cutOff);
    await waitUntil('a chunk to be stored', async () => (await count('document_chunk')) > before[0]!);
    cutOff.destroy(new Error('connection reset'));
    await expect(upload).rejects.toThrow('connection reset');
    expect([await count('document_chunk'), await count('upload')]).toEqual(before);
    expect(await vault.documents(admission.onboardingId)).toEqual([]);
  });

  it('leaves the source of a refused upload open, for its owner to answer', async () => {
    const source = new Readable({ read: () => undefined });
    source.push(randomBytes(20));

    await expect(door.putDocument(uploadTo(newAdmission(), 'a', 10), source)).rejects.toThrow();
    expect(source.destroyed).toBe(false);
  });

  it('takes the contents of inline documents out of the request', async () => {
    const documents = [
      {
        id: 'passport',
        type: 'PASSPORT',
        mimeType: 'image/png',
        content: randomBytes(400_000).toString('base64'),
      },
      { id: 'later', type: 'SELFIE', mimeType: 'image/jpeg' },
    ];
    const admission = newAdmission({ documents });
    await vault.admit([admission]);

    expect(await vault.request(admission.onboardingId)).toEqual({
      documents: [{ id: 'passport', type: 'PASSPORT', mimeType: 'image/png' }, documents[1]],
    });
    expect((await read(admission)).toString('base64')).toBe(documents[0]!.content);
    expect(await vault.admit([admission])).toEqual(['repeat']);
  });

  it('leaves inline documents that break a rule in the request, for the rules to report', async () => {
    const good = { id: 'a', type: 'PASSPORT', mimeType: 'image/png', content: 'aGk=' };
    const documents = [
      { ...good, content: 'no base64 !' },
      { ...good, mimeType: 'text/html' },
      { ...good, id: 7 },
      { ...good, content: 5 },
      { ...good, content: '' },
      ...[good, { ...good, content: 'aG8=' }],
      ...[null, 'text', [good]],
    ];
    const admission = newAdmission({ documents });

    expect(await vault.admit([admission, newAdmission({ documents: { 0: good } })])).toEqual(['new', 'new']);
    const request = (await vault.request(admission.onboardingId)) as { documents: unknown[] };
    expect(request.documents).toEqual(
      (documents as unknown[]).with(5, { id: 'a', type: 'PASSPORT', mimeType: 'image/png' }),
    );
    expect(await vault.documents(admission.onboardingId)).toHaveLength(1);
  });

  it('notices a chunk that was changed, moved or lost', async () => {
    const admission = newAdmission();
    await door.putDocument(uploadTo(admission), Readable.from([randomBytes(600_000)]));
    const change = (assignment: string, position: number) =>
      fixture.admin.query(
        `update vault.document_chunk set ${assignment} where onboarding_id = $1 and position = $2`,
        [admission.onboardingId, position],
      );
    const flip = 'sealed = set_byte(sealed, 99, get_byte(sealed, 99) # 1)';
    const unreadable = { code: 'vault_unreadable' };

    await change(flip, 1);
    await expect(read(admission)).rejects.toMatchObject(unreadable);
    await change(flip, 1);
    for (const [from, to] of [
      [0, 9],
      [1, 0],
      [9, 1],
    ] as const)
      await change(`position = ${to}`, from);
    await expect(read(admission)).rejects.toMatchObject(unreadable);
    for (const [from, to] of [
      [0, 9],
      [1, 0],
      [9, 1],
    ] as const)
      await change(`position = ${to}`, from);
    expect(await read(admission)).toHaveLength(600_000);
    await change('position = 9', 2);
    await expect(read(admission)).rejects.toMatchObject(unreadable);
  });

  it('knows no document that was never completed', async () => {
    await expect(read(newAdmission())).rejects.toMatchObject({ code: 'document_unknown' });
  });
});
