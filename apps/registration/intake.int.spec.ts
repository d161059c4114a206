import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { individualRequestExample } from '#contracts/request-examples.js';
import { systemClock } from '#platform/clock.js';
import type { Admitted } from '#stage/stage-options.js';
import { sealRequest } from '#vault/seal-request.js';
import { intakePublicJwk } from '#vault/vault-keys.js';
import { Vault } from '#vault/vault.js';
import { openVault, type VaultFixture } from '../../test/vault-fixture.js';
import { Intake } from './intake.js';

type Records = Parameters<Intake['admit']>[0];

let fixture: VaultFixture;
let intake: Intake;

beforeAll(async () => {
  fixture = await openVault();
  intake = new Intake(fixture.vault, systemClock);
});
afterAll(() => fixture.close());

const request = individualRequestExample;

function newRequestId(): string {
  return `request-${randomUUID()}`;
}

function recordOf(value: Buffer | null): Records[number] {
  return { topic: 'onboarding.requested.v1', partition: 0, offset: '0', key: null, value, headers: {} };
}

function record(requestid: string, data: object): Records[number] {
  const envelope = {
    specversion: '1.0',
    id: randomUUID(),
    source: 'upstream',
    type: 'onboarding.requested.v1',
    tenantid: 'tenant-a',
    requestid,
    applicantkind: 'individual',
    data,
  };
  return recordOf(Buffer.from(JSON.stringify(envelope)));
}

async function admit(requestId: string, data: object): Promise<Admitted> {
  const [admitted] = await intake.admit([record(requestId, data)]);
  return admitted!;
}

describe('the intake', () => {
  it('admits a new request into the vault, and none of its personal data goes on', async () => {
    const requestId = newRequestId();
    const admitted = await admit(requestId, { request });
    const onboardingId = onboardingIdOf('tenant-a', requestId);
    expect(admitted).toMatchObject({
      verdict: 'admitted',
      event: { onboardingId, tenantId: 'tenant-a', requestId, data: { isVaulted: true } },
    });
    expect(JSON.stringify(admitted)).not.toMatch(/Ona|example\.test|37060000001|192\.0\.2/u);
    expect(await fixture.vault.request(onboardingId)).toEqual(request);
  });

  it('hands a repeat on like a new one', async () => {
    const requestId = newRequestId();
    const again = record(requestId, { request });
    const verdicts = (await intake.admit([again, again])).map(({ verdict }) => verdict);
    expect([...verdicts, (await admit(requestId, { request })).verdict]).toEqual([
      'admitted',
      'admitted',
      'admitted',
    ]);
  });

  it('refuses another body under the same id, and tells nothing of either', async () => {
    const requestId = newRequestId();
    await admit(requestId, { request });
    const refused = await admit(requestId, { request: { kind: 'individual', other: 'Jonas' } });
    expect(refused).toMatchObject({
      verdict: 'refused',
      fact: { contract: { type: 'onboarding.refused.v1' }, data: { code: 'request_conflict' } },
    });
    expect(JSON.stringify((refused as Admitted & { verdict: 'refused' }).fact)).not.toMatch(/Ona|Jonas/u);
  });

  it.each([{ request }, { isVaulted: true }])('ignores a person who was erased', async (data) => {
    const requestId = newRequestId();
    await admit(requestId, { request });
    await fixture.vault.erase(onboardingIdOf('tenant-a', requestId));
    expect(await admit(requestId, data)).toEqual({ verdict: 'ignored' });
  });

  it('takes the gateway’s word for a request that the vault holds, and for no other', async () => {
    const requestId = newRequestId();
    expect(await admit(requestId, { isVaulted: true })).toEqual({
      verdict: 'unreadable',
      reason: 'not_in_the_vault',
    });
    await admit(requestId, { request });
    expect(await admit(requestId, { isVaulted: true })).toMatchObject({ verdict: 'admitted' });
  });

  it('opens a sealed request, which is the same as the plain one', async () => {
    const requestId = newRequestId();
    const onboardingId = onboardingIdOf('tenant-a', requestId);
    const sealed = await sealRequest(intakePublicJwk(fixture.keys), request, onboardingId);
    expect(await admit(requestId, { sealed })).toMatchObject({
      verdict: 'admitted',
      event: { data: { isVaulted: true } },
    });
    expect(await fixture.vault.request(onboardingId)).toEqual(request);
    expect((await admit(requestId, { request })).verdict).toBe('admitted');
  });

  it('does not open a seal that belongs to another request', async () => {
    const other = onboardingIdOf('tenant-a', newRequestId());
    const sealed = await sealRequest(intakePublicJwk(fixture.keys), request, other);
    expect(await admit(newRequestId(), { sealed })).toEqual({
      verdict: 'unreadable',
      reason: 'seal_unreadable',
    });
  });

  it('judges each record by itself, in order, whatever lies beside it', async () => {
    const requestId = newRequestId();
    const judged = await intake.admit([
      recordOf(Buffer.from('garbage')),
      record(requestId, { request }),
      recordOf(null),
      record(newRequestId(), { sealed: 'garbage' }),
      record(newRequestId(), { request: { deep: deep(600) } }),
      record(requestId, { request: { other: true } }),
    ]);
    expect(judged.map((each) => ('reason' in each ? each.reason : each.verdict))).toEqual([
      'not_json',
      'admitted',
      'tombstone',
      'seal_unreadable',
      'unstorable',
      'refused',
    ]);
  });

  it('leaves a record for later when the vault’s database is away', async () => {
    const pool = fixture.poolOf('registration');
    await pool.end();
    const cutOff = new Intake(new Vault(pool, fixture.keys), systemClock);
    await expect(cutOff.admit([record(newRequestId(), { request })])).rejects.toThrow();
  });
});

function deep(levels: number): unknown {
  return levels === 0 ? 'end' : { deeper: deep(levels - 1) };
}
