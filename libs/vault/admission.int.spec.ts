import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '#platform/database.js';
import { PostgresProxy } from '../../test/postgres-proxy.js';
import { individual, newAdmission, openVault, type VaultFixture } from '../../test/vault-fixture.js';
import { waitUntil } from '../../test/wait-until.js';
import type { Query } from './database.js';
import { insertAdmissionRows } from './operations/insert-admissions.js';
import { prepareAdmission } from './operations/prepare-admission.js';
import { Vault } from './vault.js';

let fixture: VaultFixture;
let vault: Vault;

beforeAll(async () => {
  fixture = await openVault();
  vault = fixture.vault;
});
afterAll(() => fixture.close());

/** How many statements of this database wait for a lock. */
async function waiting(): Promise<number> {
  const { rowCount } = await fixture.admin.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rowCount ?? 0;
}

describe('admission', () => {
  it('admits a request once and knows it again, however its members are ordered', async () => {
    const admission = newAdmission({ a: 1, b: { c: [true, null], d: 'x' } });
    const reordered = { ...admission, body: { b: { d: 'x', c: [true, null] }, a: 1.0 } };

    expect(await vault.admit([admission])).toEqual(['new']);
    expect(await vault.admit([reordered])).toEqual(['repeat']);
    expect(await vault.request(admission.onboardingId)).toEqual(admission.body);
  });

  it('calls another body under the same id a conflict and keeps the first', async () => {
    const admission = newAdmission();
    await vault.admit([admission]);

    expect(await vault.admit([{ ...admission, body: individual({ firstName: 'Jonas' }) }])).toEqual([
      'conflict',
    ]);
    expect(await vault.request(admission.onboardingId)).toEqual(admission.body);
  });

  it('judges repeats and conflicts within one call by the first of them', async () => {
    const first = newAdmission({ n: 1 });
    const other = newAdmission({ n: 2 });
    const verdicts = await vault.admit([first, other, first, { ...first, body: { n: 3 } }, other]);

    expect(verdicts).toEqual(['new', 'new', 'repeat', 'conflict', 'repeat']);
  });

  it('lets exactly one of many processes admit the same requests, whatever order they come in', async () => {
    const admissions = Array.from({ length: 60 }, () => newAdmission());
    const vaults = ['registration', 'registration', 'gateway', 'gateway'] as const;
    const verdicts = await Promise.all(
      vaults.map(async (service, index) => {
        const rival = new Vault(fixture.poolOf(service), fixture.keys);
        const order = index % 2 === 0 ? admissions : admissions.toReversed();
        const given = await (service === 'gateway' ? rival.forTenant('tenant-a') : rival).admit(order);
        return index % 2 === 0 ? given : given.toReversed();
      }),
    );

    for (const index of admissions.keys()) {
      const ofOne = verdicts.map((given) => given[index]).sort();
      expect(ofOne).toEqual(['new', 'repeat', 'repeat', 'repeat']);
    }
  });

  it('waits for a rival that has not committed yet, and then answers by what it stored', async () => {
    const admission = newAdmission();
    const client = await fixture.admin.connect();
    await client.query('begin');
    const query = async (sql: string, values: readonly unknown[] = []) =>
      (await client.query<object>(sql, [...values])).rows;
    await insertAdmissionRows(query as Query, [prepareAdmission(fixture.keys, admission)!], new Date());
    const verdicts = vault.admit([admission, newAdmission()]);
    await waitUntil('the admission to wait', async () => (await waiting()) > 0);
    await client.query('commit');
    client.release();

    expect(await verdicts).toEqual(['repeat', 'new']);
  });

  it.each([
    { fate: 'answer-lost', isInTransaction: true, then: 'repeat' },
    { fate: 'answer-lost', isInTransaction: false, then: 'repeat' },
    { fate: 'statement-lost', isInTransaction: true, then: 'new' },
    { fate: 'statement-lost', isInTransaction: false, then: 'new' },
  ] as const)(
    'whose COMMIT is lost throws, and the same again is told what became of it: $then ($fate, transaction: $isInTransaction)',
    async ({ fate, isInTransaction, then }) => {
      const proxy = await PostgresProxy.open(fixture.urlOf('registration'));
      const pool = createPool(proxy.url, { applicationName: 'spec', schema: 'registration' });
      const behind = new Vault(pool, fixture.keys);
      const cutOff = isInTransaction ? behind.forTenant('tenant-a') : behind;
      const admission = newAdmission();
      const statement = ['insert into vault.admission', admission.onboardingId];
      const cut = isInTransaction ? proxy.nextCommit(statement, fate) : proxy.next(statement, fate);
      await expect(cutOff.admit([admission])).rejects.toThrow();
      await cut;
      expect(await cutOff.admit([admission])).toEqual([then]);
      expect(await cutOff.admit([{ ...admission, body: individual({ firstName: 'Jonas' }) }])).toEqual([
        'conflict',
      ]);
      expect(await vault.request(admission.onboardingId)).toEqual(admission.body);
      await pool.end();
      await proxy.close();
    },
  );

  it('stores any JSON value: NUL, lone surrogates, prototype keys, bare values', async () => {
    const bodies = [
      { text: 'a\u0000b', '\ud800': '\udfff', emoji: '🙂', rtl: 'שלום' },
      JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": 1, "toString": null}') as unknown,
      ...[null, true, 0, -0.5e-7, '', [], {}, ['\u0000']],
    ];
    const admissions = bodies.map((body) => newAdmission(body));

    expect(new Set(await vault.admit(admissions))).toEqual(new Set(['new']));
    for (const { onboardingId, body } of admissions)
      expect(JSON.stringify(await vault.request(onboardingId))).toBe(JSON.stringify(body));
    expect(new Set(await vault.admit(admissions))).toEqual(new Set(['repeat']));
  });

  it('stores a request of a megabyte', async () => {
    const admission = newAdmission({ text: 'ž'.repeat(500_000) });

    expect(await vault.admit([admission])).toEqual(['new']);
    expect(await vault.request(admission.onboardingId)).toEqual(admission.body);
  });

  it('says unstorable of what it cannot store and admits the others', async () => {
    const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as unknown;
    const verdicts = await vault.admit([
      newAdmission(),
      newAdmission(deep),
      newAdmission('x'.repeat(3 * 1024 * 1024)),
      newAdmission(undefined, { requestId: 'nul\u0000' }),
      newAdmission({}, { onboardingId: newAdmission().onboardingId }),
      newAdmission(),
    ]);

    expect(verdicts).toEqual(['new', ...Array.from({ length: 4 }, () => 'unstorable'), 'new']);
  });

  it('finds the one row that Postgres refuses and admits the others', async () => {
    await fixture.admin.query(
      `alter table vault.admission add constraint refused check (request_id <> 'refused')`,
    );
    const refused = newAdmission({}, { requestId: 'refused' });
    const others = Array.from({ length: 9 }, () => newAdmission());
    const verdicts = await vault.admit([...others.slice(0, 4), refused, ...others.slice(4)]);
    await fixture.admin.query('alter table vault.admission drop constraint refused');

    expect(verdicts).toEqual([...Array(4).fill('new'), 'unstorable', ...Array(5).fill('new')]);
    expect(await vault.admit([refused])).toEqual(['new']);
  });

  it('throws when the database is away, so that all may be given again', async () => {
    const pool = fixture.poolOf('registration');
    await pool.end();

    await expect(new Vault(pool, fixture.keys).admit([newAdmission()])).rejects.toThrow();
  });

  it('tells who was admitted by request id and by onboarding id, without opening anything', async () => {
    const admission = newAdmission();
    await vault.admit([admission]);
    const { onboardingId, tenantId, requestId } = admission;
    const record = { onboardingId, tenantId, requestId, applicantKind: 'individual', isErased: false };

    expect(await vault.admission(tenantId, requestId)).toMatchObject(record);
    expect(await vault.admissionById(onboardingId)).toMatchObject(record);
    expect(await vault.admission('tenant-b', requestId)).toBeUndefined();
  });

  it('has no request of an onboarding that was never admitted', async () => {
    await expect(vault.request(newAdmission().onboardingId)).rejects.toMatchObject({
      code: 'request_missing',
    });
  });
});
