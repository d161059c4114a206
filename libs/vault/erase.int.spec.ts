import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import type { Clock } from '#platform/clock.js';
import type { Contract } from '#contracts/contract.js';
import { onboardingDeadLetter } from '#contracts/operational-topics.js';
import { onboardingRequested } from '#contracts/requested.js';
import { topics } from '#contracts/topics.js';
import { documentIdOf } from '#contracts/onboarding-id.js';
import { waitUntil } from '../../test/wait-until.js';
import { individual, newAdmission, openVault, type VaultFixture } from '../../test/vault-fixture.js';
import type { Admission } from './admission.js';
import type { DocumentUpload } from './document.js';
import { Vault } from './vault.js';

const tables = ['admission', 'document', 'document_chunk', 'upload', 'correction', 'key_check'];
const canary = 'CanaryXq7';
let fixture: VaultFixture;
let vault: Vault;
let door: Vault;

beforeAll(async () => {
  fixture = await openVault();
  vault = fixture.vault;
  door = new Vault(fixture.poolOf('gateway'), fixture.keys).forTenant('tenant-a');
});
afterAll(() => fixture.close());

function uploadTo({ tenantId, requestId, onboardingId }: Admission, id: string): DocumentUpload {
  const documentId = documentIdOf(onboardingId, id);
  return { tenantId, requestId, documentId, mimeType: 'application/pdf', maxBytes: 1_000_000 };
}

/** An onboarding with something personal, and a canary in it, in every place that the vault has. */
async function filled(): Promise<Admission> {
  const content = Buffer.from(`${canary} inline`).toString('base64');
  const admission = newAdmission({
    ...individual({ lastName: canary, password: `${canary}-Pass-1`, email: `${canary}@example.test` }),
    documents: [{ id: canary, type: 'PASSPORT', mimeType: 'application/pdf', content }],
  });
  const { onboardingId } = admission;
  await vault.admit([admission]);
  await door.putDocument(uploadTo(admission, 'upload'), Readable.from([Buffer.from(`${canary} upload`)]));
  await vault.keepIban(onboardingId, `LT${canary}`);
  await vault.rememberCustomer(onboardingId, `${canary}-customer`);
  const correction = await door.proposeCorrection(
    onboardingId,
    '/individual/lastName',
    `${canary}-corrected`,
  );
  await vault.acceptCorrection(onboardingId, correction);
  await door.proposeCorrection(onboardingId, '/individual/password', `${canary}-Pass-2`);
  return admission;
}

/** Every byte of every row of the vault, binary columns as they are. */
async function everyByte(): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const table of tables) {
    const { rows } = await fixture.admin.query<Record<string, unknown>>(`select * from vault.${table}`);
    for (const value of rows.flatMap((row) => Object.values(row)))
      parts.push(Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)));
  }
  return Buffer.concat(parts);
}

/** How many statements of this database wait for another transaction. */
async function waiting(): Promise<number> {
  const { rowCount } = await fixture.admin.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rowCount ?? 0;
}

describe('personal data', () => {
  it('is in no table in the clear', async () => {
    await door.hold((await filled()).onboardingId, `because of ${canary}`);
    const bytes = await everyByte();
    const spelled = [canary, canary.toLowerCase(), Buffer.from(canary).toString('hex')];
    const encoded = [0, 1, 2].map((shift) =>
      Buffer.from(`${' '.repeat(shift)}${canary}`)
        .toString('base64')
        .slice(4, 12),
    );

    expect(bytes.length).toBeGreaterThan(1000);
    for (const text of [...spelled, ...encoded]) expect(bytes.includes(text)).toBe(false);
  });
});

/** What is told of a place that an erasure does not reach. */
function unseen(sentence: string): unknown {
  return expect.stringMatching(new RegExp(`^not looked at: ${sentence}`, 'u'));
}

function keptDays({ topic }: Contract): number {
  const definition = topics().find((its) => its.topic === topic);
  return Number(definition?.config['retention.ms']) / (24 * 3_600_000);
}

/** What an erasure finds in the places where it looks. */
async function findings(onboardingId: string): Promise<Set<string>> {
  const found = (await vault.erase(onboardingId)).map((place) => place.found);
  return new Set(found.filter((text) => !text.startsWith('not looked at: ')));
}

describe('erase', () => {
  it('destroys every key, value and document, says what it found, and keeps the mark', async () => {
    const admission = await filled();
    const { onboardingId } = admission;
    const places = await vault.erase(onboardingId);

    expect(Object.fromEntries(places.map(({ place, found }) => [place, found]))).toEqual({
      'vault: data key': '1 x key, destroyed',
      'vault: request': '1 x request, destroyed',
      'vault: passwords': '1 x password value, destroyed',
      'vault: IBAN': '1 x IBAN, destroyed',
      'vault: keyed hashes': '3 x hash, destroyed',
      'vault: corrections': '2 x correction, destroyed',
      'vault: documents': '2 x document with its key, destroyed',
      'vault: document chunks': '2 x chunk, destroyed',
      'vault: uploads under way': 'nothing',
      'vault: mark': 'stays: ids, kind and times',
      'Kafka: intake topic': unseen(`.* goes after ${keptDays(onboardingRequested)} days`),
      'Kafka and tracker: dead letters': unseen(`sealed .* after ${keptDays(onboardingDeadLetter)} days`),
      FinHub: unseen('it deletes nothing'),
      'Postgres: backups and WAL': unseen('as before'),
    });
    const { rows } = await fixture.admin.query<Record<string, unknown>>(
      'select * from vault.admission where onboarding_id = $1',
      [onboardingId],
    );
    const kept = Object.entries(rows[0]!).flatMap(([name, value]) => (value === null ? [] : [name]));
    expect(kept).toEqual([
      'onboarding_id',
      'tenant_id',
      'request_id',
      'applicant_kind',
      'admitted_at',
      'erased_at',
    ]);
    for (const table of ['document', 'document_chunk', 'upload', 'correction']) {
      const left = await fixture.admin.query(`select from vault.${table} where onboarding_id = $1`, [
        onboardingId,
      ]);
      expect(left.rowCount).toBe(0);
    }
  });

  it('revives nobody: the same request read again, and its documents, are refused', async () => {
    const admission = await filled();
    const { onboardingId, tenantId, requestId } = admission;
    await vault.erase(onboardingId);
    const upload = door.putDocument(uploadTo(admission, 'late'), Readable.from([Buffer.from('x')]));

    await expect(upload).rejects.toMatchObject({ code: 'request_erased' });
    expect(await vault.admit([admission, { ...admission, body: {} }])).toEqual(['erased', 'erased']);
    expect(await vault.admission(tenantId, requestId)).toMatchObject({ isErased: true });
    const lates = [
      () => vault.request(onboardingId),
      () => vault.password(onboardingId),
      () => vault.iban(onboardingId),
      () => vault.keepIban(onboardingId, 'LT1'),
      () => vault.rememberCustomer(onboardingId, 'c'),
      () => vault.hold(onboardingId, 'too late'),
      () => door.proposeCorrection(onboardingId, '/a', 1),
    ];
    for (const late of lates) await expect(late()).rejects.toMatchObject({ code: 'request_erased' });
  });

  it('can be given again, and finds nothing more', async () => {
    const { onboardingId } = await filled();
    await vault.erase(onboardingId);
    expect(await findings(onboardingId)).toEqual(new Set(['nothing', 'stays: ids, kind and times']));
    expect(await findings(newAdmission().onboardingId)).toEqual(new Set(['nothing']));
  });

  it('is refused while a hold exists, whose reason is for ops and in no message', async () => {
    const { onboardingId } = await filled();
    await door.hold(onboardingId, 'court order 17');

    const refused = await vault.erase(onboardingId).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(refused).toMatchObject({ code: 'on_hold', reason: 'court order 17' });
    expect(`${refused?.message} ${JSON.stringify(refused)}`).not.toContain('court order');
    expect(await vault.admissionById(onboardingId)).toMatchObject({ holdReason: 'court order 17' });
    await door.release(onboardingId);
    expect(await vault.admissionById(onboardingId)).not.toHaveProperty('holdReason');
    await vault.erase(onboardingId);
  });

  it('ends an upload that is under way', async () => {
    const admission = await filled();
    const source = new Readable({ read: () => undefined });
    source.push(Buffer.alloc(300_000));
    const upload = door.putDocument(uploadTo(admission, 'slow'), source);
    const refused = expect(upload).rejects.toMatchObject({ code: 'request_erased' });
    await vault.erase(admission.onboardingId);
    source.push(null);

    await refused;
    const left = await fixture.admin.query(`select from vault.document_chunk where onboarding_id = $1`, [
      admission.onboardingId,
    ]);
    expect(left.rowCount).toBe(0);
  });

  it('leaves nothing of an upload that completes at the same moment', async () => {
    const admission = await filled();
    const { documentId } = uploadTo(admission, 'racing');
    const client = await fixture.admin.connect();
    await client.query('begin');
    // A rival's row keeps the completion waiting at its last statement, while the erase begins.
    await client.query(
      `insert into vault.document values ($1, $2, 'tenant-a', gen_random_uuid(), 'image/png', 1, '', '', '', now())`,
      [admission.onboardingId, documentId],
    );
    const upload = door.putDocument(uploadTo(admission, 'racing'), Readable.from([Buffer.from('x')]));
    await waitUntil('the upload to wait', async () => (await waiting()) === 1);
    const erased = vault.erase(admission.onboardingId);
    await waitUntil('the erase to wait', async () => (await waiting()) === 2);
    await client.query('rollback');
    client.release();
    await Promise.all([upload, erased]);

    expect(await vault.documents(admission.onboardingId)).toEqual([]);
  });

  it('finds onboardings by e-mail and customer in their own tenant, until they are erased', async () => {
    const email = 'match@example.test';
    const admission = newAdmission(individual({ email: ' Match@Example.test' }));
    const { onboardingId, requestId } = admission;
    await vault.admit([admission, newAdmission(individual({ email }), { tenantId: 'tenant-b' })]);
    await vault.rememberCustomer(onboardingId, 'customer-1');
    const match = { onboardingId, requestId, applicantKind: 'individual', admittedAt: expect.any(Date) };

    expect(await vault.findByEmail('tenant-a', email)).toEqual([match]);
    expect(await vault.findByCustomer('tenant-a', 'customer-1')).toEqual([match]);
    expect(await vault.findByCustomer('tenant-b', 'customer-1')).toEqual([]);
    await vault.erase(onboardingId);
    expect(await vault.findByEmail('tenant-a', email)).toEqual([]);
    expect(await vault.findByCustomer('tenant-a', 'customer-1')).toEqual([]);
  });
});

describe('forget', () => {
  const daysFromNow = (days: number): Clock => ({
    now: () => new Date(Date.now() + days * 24 * 60 * 60 * 1000),
    monotonicMs: () => performance.now(),
  });
  const later = (days: number) => new Vault(fixture.poolOf('registration'), fixture.keys, daysFromNow(days));

  it('removes what is of no use any more, each kind after its days, and no admission that is not erased', async () => {
    const live = await filled();
    await vault.erase((await filled()).onboardingId);
    const early = newAdmission();
    await door.putDocument(uploadTo(early, 'early'), Readable.from([Buffer.from('x')]));
    await fixture.admin.query(`insert into vault.upload values (gen_random_uuid(), $1, 'tenant-a', now());`, [
      early.onboardingId,
    ]);
    const { rows } = await fixture.admin.query<{ erased: string; proposed: string }>(
      `select (select count(*) from vault.admission where erased_at is not null) as erased,
        (select count(*) from vault.correction where state <> 'accepted') as proposed`,
    );
    const marks = Number(rows[0]!.erased);
    const corrections = Number(rows[0]!.proposed);

    expect(await vault.forget()).toEqual({ uploads: 0, documents: 0, corrections: 0, marks: 0 });
    expect(await later(2).forget()).toEqual({ uploads: 1, documents: 0, corrections: 0, marks: 0 });
    expect(await later(31).forget()).toEqual({ uploads: 0, documents: 1, corrections: 0, marks: 0 });
    expect(await later(91).forget()).toEqual({ uploads: 0, documents: 0, corrections, marks: 0 });
    expect(await later(401).forget()).toEqual({ uploads: 0, documents: 0, corrections: 0, marks });
    expect(await vault.documents(live.onboardingId)).toHaveLength(2);
    expect(await vault.request(live.onboardingId)).toMatchObject({ kind: 'individual' });
  });
});
