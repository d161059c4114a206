import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  activate,
  activateOrganization,
  readyIndividual,
  readyOrganization,
  wallets,
} from './testing/journeys.js';
import { runSandbox, type RunningSandbox } from './testing/running-sandbox.js';
import { SandboxClient } from './testing/sandbox-client.js';
import { waitUntil } from '../../test/wait-until.js';

interface ShownWallet {
  readonly status: string;
  readonly iban?: string;
}

let sandbox: RunningSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await runSandbox();
  client = await SandboxClient.loggedIn(sandbox.baseUrl);
});
afterAll(() => sandbox.close());

function hasValidCheckDigits(iban: string): boolean {
  const digits = `${iban.slice(4)}${iban.slice(0, 4)}`.replaceAll(/[A-Z]/gu, (letter) =>
    String((letter.codePointAt(0) ?? 0) - 55),
  );
  return BigInt(digits) % 97n === 1n;
}

describe('an individual', () => {
  it('comes from registration to a wallet with a valid Lithuanian IBAN, each effect once', async () => {
    const individual = await readyIndividual(client);
    const readiness = await client.get(
      `/api/v2.1/customer/individual/${individual.id}/owner/${client.tenant.tenantId}/activation/check`,
    );
    expect(readiness.data).toMatchObject({ activationAllowed: true, verificationStatus: 'APPROVED' });
    const before = await wallets(client, individual, 'B2C');
    expect(before.body['data']).toMatchObject([{ status: 'PENDING_ACTIVATION' }]);

    expect(await activate(client, individual)).toMatchObject({ status: 200, data: {} });

    const wallet = await waitUntil('a wallet with an IBAN', async () => {
      const { body } = await wallets(client, individual, 'B2C');
      return (body['data'] as ShownWallet[]).find(({ iban }) => iban !== undefined);
    });
    expect(wallet.status).toBe('ACTIVE');
    expect(wallet.iban).toMatch(/^LT\d{18}$/u);
    expect(hasValidCheckDigits(wallet.iban ?? '')).toBe(true);
    expect(await client.doubledKeys()).toEqual([]);
    expect(await client.ledger(`activation:${individual.id}`)).toMatchObject([{ count: 1 }]);
  });
});

describe('an organization', () => {
  it('comes from registration over ACTIVATING to a wallet with an IBAN, each effect once', async () => {
    const organization = await readyOrganization(client);
    const base = `/api/v2.1/customer/organization/${organization.id}`;
    expect((await client.get(`${base}/activation/readiness`)).data).toMatchObject({ canActivate: true });

    const activation = await activateOrganization(client, organization);

    expect(activation.data).toMatchObject({ activation: { status: 'ACTIVATING' } });
    const status = await client.get(`${base}/wallet-status`);
    expect(status.data).toMatchObject({ organizationStatus: 'ACTIVATING', status: 'PENDING_ACTIVATION' });
    const active = await waitUntil('an active wallet', async () => {
      const { data } = await client.get(`${base}/wallet-status`);
      return data['iban'] === undefined ? undefined : data;
    });
    expect(active).toMatchObject({ organizationStatus: 'ACTIVE', walletStatus: 'ACTIVE' });
    expect((await wallets(client, organization, 'B2B')).body['data']).toMatchObject([
      { iban: active['iban'] },
    ]);
    expect(await client.doubledKeys()).toEqual([]);
  });
});
