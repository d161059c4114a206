import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { individual, newAdmission, openVault, type VaultFixture } from '../../test/vault-fixture.js';
import type { Admission } from './admission.js';
import { Vault } from './vault.js';

let fixture: VaultFixture;
/** With the rights of a stage, which settles corrections. */
let vault: Vault;
/** With the rights of the gateway, which proposes them. */
let door: Vault;

beforeAll(async () => {
  fixture = await openVault();
  vault = fixture.vault;
  door = new Vault(fixture.poolOf('gateway'), fixture.keys).forTenant('tenant-a');
});
afterAll(() => fixture.close());

async function admitted(body: unknown = individual()): Promise<Admission> {
  const admission = newAdmission(body);
  await vault.admit([admission]);
  return admission;
}

describe('corrections', () => {
  it('change nothing until they are accepted, and nothing any more once they are reverted', async () => {
    const { onboardingId, body } = await admitted();
    const corrected = individual({ firstName: 'Jonas' });
    const id = await door.proposeCorrection(onboardingId, '/individual/firstName', 'Jonas');

    expect(await vault.request(onboardingId)).toEqual(body);
    await vault.acceptCorrection(onboardingId, id);
    await vault.acceptCorrection(onboardingId, id);
    expect(await vault.request(onboardingId)).toEqual(corrected);
    await vault.revertCorrection(onboardingId, id);
    await vault.revertCorrection(onboardingId, id);
    expect(await vault.request(onboardingId)).toEqual(body);
    await expect(vault.acceptCorrection(onboardingId, id)).rejects.toMatchObject({
      code: 'correction_settled',
    });
  });

  it('let the later proposal win, in whatever order they are accepted', async () => {
    const { onboardingId } = await admitted();
    const first = await door.proposeCorrection(onboardingId, '/individual/firstName', 'first');
    const second = await door.proposeCorrection(onboardingId, '/individual/firstName', 'second');
    await vault.acceptCorrection(onboardingId, second);
    await vault.acceptCorrection(onboardingId, first);

    expect(await vault.request(onboardingId)).toEqual(individual({ firstName: 'second' }));
  });

  it('can be tried without being stored', async () => {
    const { onboardingId, body } = await admitted({ list: [{ a: 1 }] });

    expect(await door.correctedRequest(onboardingId, '/list/0/b', { c: 2 })).toEqual({
      list: [{ a: 1, b: { c: 2 } }],
    });
    expect(await door.correctedRequest(onboardingId, '/list/-', 3)).toEqual({ list: [{ a: 1 }, 3] });
    expect(await vault.request(onboardingId)).toEqual(body);
  });

  it.each(['', 'list', '/list/1', '/list/01', '/list/x', '/none/deep', '/list/0/a/b', '/list/-/a'])(
    'are refused where the pointer "%s" leads nowhere',
    async (pointer) => {
      const { onboardingId } = await admitted({ list: [{ a: 1 }] });

      await expect(door.proposeCorrection(onboardingId, pointer, 1)).rejects.toMatchObject({
        code: 'correction_unusable',
      });
    },
  );

  it('cannot carry the content of a document, which is uploaded by itself', async () => {
    const document = { id: 'a', type: 'PASSPORT', mimeType: 'image/png' };
    const { onboardingId } = await admitted({ documents: [document] });

    await expect(
      door.proposeCorrection(onboardingId, '/documents/0', { ...document, content: 'aGk=' }),
    ).rejects.toMatchObject({ code: 'correction_unusable' });
    expect(await vault.documents(onboardingId)).toEqual([]);
  });

  it('of the e-mail address move what webhooks are matched by', async () => {
    const { onboardingId, tenantId } = await admitted(individual({ email: 'old.address@example.test' }));
    const id = await door.proposeCorrection(onboardingId, '/individual/email', 'New.Address@example.test');
    const found = async (email: string) => (await vault.findByEmail(tenantId, email)).length;

    await vault.acceptCorrection(onboardingId, id);
    expect([await found('old.address@example.test'), await found('new.address@EXAMPLE.test')]).toEqual([
      0, 1,
    ]);
    await vault.revertCorrection(onboardingId, id);
    expect([await found('old.address@example.test'), await found('new.address@example.test')]).toEqual([
      1, 0,
    ]);
  });

  it("are unknown when they were never proposed, and where they are another onboarding's", async () => {
    const { onboardingId, body } = await admitted();
    const other = await admitted();
    const others = await door.proposeCorrection(other.onboardingId, '/individual/firstName', 'Jonas');
    for (const id of [randomUUID(), others]) {
      const unknown = { code: 'unknown_correction' };
      await expect(vault.acceptCorrection(onboardingId, id)).rejects.toMatchObject(unknown);
      await expect(vault.revertCorrection(onboardingId, id)).rejects.toMatchObject(unknown);
    }
    expect(await vault.request(onboardingId)).toEqual(body);
    expect(await vault.request(other.onboardingId)).toEqual(other.body);
  });

  it('set a member called __proto__ as a member, and no prototype', async () => {
    const { onboardingId } = await admitted({});
    const request = (await door.correctedRequest(onboardingId, '/__proto__', { isAdmin: true })) as object;

    expect(JSON.stringify(request)).toBe('{"__proto__":{"isAdmin":true}}');
    expect('isAdmin' in request).toBe(false);
  });
});

describe('passwords', () => {
  it("are the upstream's, and part of the request until registration is settled", async () => {
    const { onboardingId, body } = await admitted(individual({ password: 'Chosen-by-Ona-1' }));

    expect(await vault.password(onboardingId)).toBe('Chosen-by-Ona-1');
    expect(await vault.request(onboardingId)).toEqual(body);
    await vault.destroyPassword(onboardingId);
    await vault.destroyPassword(onboardingId);
    await expect(vault.password(onboardingId)).rejects.toMatchObject({ code: 'password_destroyed' });
    expect(await vault.request(onboardingId)).toEqual(individual());
  });

  it('are generated once where the upstream sent none, the same for all who ask', async () => {
    const { onboardingId } = await admitted();
    const asked = await Promise.all(Array.from({ length: 4 }, () => vault.password(onboardingId)));
    const rival = new Vault(fixture.poolOf('registration'), fixture.keys);

    expect(new Set([...asked, await rival.password(onboardingId)]).size).toBe(1);
  });

  it('are corrected and then destroyed in the corrections too', async () => {
    const { onboardingId } = await admitted(individual({ password: 'weak' }));
    const one = await door.proposeCorrection(onboardingId, '/individual/password', 'Corrected-Pass-1');
    const all = await door.proposeCorrection(onboardingId, '/individual', {
      password: 'Corrected-Pass-2',
      a: 1,
    });
    await vault.acceptCorrection(onboardingId, one);
    expect(await vault.password(onboardingId)).toBe('Corrected-Pass-1');
    await vault.acceptCorrection(onboardingId, all);
    expect(await vault.password(onboardingId)).toBe('Corrected-Pass-2');
    await vault.destroyPassword(onboardingId);

    expect(await vault.request(onboardingId)).toEqual({ kind: 'individual', individual: { a: 1 } });
    const { rows } = await fixture.admin.query(
      `select from vault.admission where onboarding_id = $1 and num_nonnulls(sealed_passwords, sealed_generated_password) > 0
       union all select from vault.correction where onboarding_id = $1 and sealed_passwords is not null`,
      [onboardingId],
    );
    expect(rows).toEqual([]);
    await expect(
      door.proposeCorrection(onboardingId, '/individual/password', 'Too-Late-Pass-1'),
    ).rejects.toMatchObject({ code: 'correction_unusable' });
  });
});
