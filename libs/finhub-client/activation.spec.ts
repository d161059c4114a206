import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FinhubClient, type FinhubTenant } from './client.js';
import { answer, LocalFinhub, tenantUuid } from './testing/local-finhub.js';

const person = { kind: 'individual', customerId: 'c-1' } as const;
const company = { kind: 'organization', customerId: 'o-1' } as const;

let finhub: LocalFinhub;
let client: FinhubClient;
let tenant: FinhubTenant;

beforeAll(async () => {
  finhub = await LocalFinhub.start();
  client = new FinhubClient([finhub.settings()]);
  tenant = client.tenant(tenantUuid);
});
afterAll(async () => {
  await client.close();
  await finhub.close();
});

/** What the two wallet calls answer; nothing: 404. */
interface Shown {
  readonly wallets?: readonly object[];
  readonly walletStatus?: object;
}

/** FinHub refuses to activate, and shows this. */
function conflicts({ wallets, walletStatus }: Shown): void {
  finhub.respond = ({ method, path }, response) => {
    const shown = path.includes('/wallets/customer/') ? wallets : walletStatus;
    if (method === 'POST') answer(response, 409, { error: 'STATE_CONFLICT' });
    else answer(response, shown === undefined ? 404 : 200, shown);
  };
}

const activatePerson = () => tenant.activateIndividual({ customerId: 'c-1', email: 'a@b.test' });
const activateCompany = () =>
  tenant.activateOrganization({
    organizationId: 'o-1',
    actingUserId: 'u-1',
    roles: ['ADMIN_USER'],
    reason: 'done',
  });

describe('a customer that FinHub refuses to activate (409)', () => {
  it.each<[string, () => Promise<unknown>, Shown]>([
    ['its wallet has an IBAN', activatePerson, { wallets: [{ id: 'w-1', iban: 'LT1' }] }],
    ['its wallet is active', activatePerson, { wallets: [{ id: 'w-1', status: 'ACTIVE' }] }],
    ['its wallet was suspended since', activatePerson, { wallets: [{ id: 'w-1', status: 'SUSPENDED' }] }],
    ['its status says so', activateCompany, { walletStatus: { organizationStatus: 'ACTIVE' } }],
    [
      'its status will soon',
      activateCompany,
      { wallets: [], walletStatus: { organizationStatus: 'ACTIVATING' } },
    ],
  ])('is active where %s', async (_, activate, shown) => {
    conflicts(shown);
    expect(await activate()).toEqual({ state: 'activating' });
  });

  it.each<[string, () => Promise<unknown>, Shown]>([
    ['there is no wallet', activatePerson, {}],
    ['there is none of an organization', activateCompany, { wallets: [] }],
    [
      'the wallet is that of its registration',
      activatePerson,
      { wallets: [{ id: 'w-1', status: 'INACTIVE' }] },
    ],
    [
      'all waits for the activation',
      activateCompany,
      {
        wallets: [{ id: 'w-1', status: 'PENDING_ACTIVATION' }],
        walletStatus: { walletStatus: 'PENDING_ACTIVATION', organizationStatus: 'PENDING_ACTIVATION' },
      },
    ],
  ])('may be so later, and is not taken for it, where %s', async (_, activate, shown) => {
    conflicts(shown);
    const unclear = { kind: 'unknown-outcome', code: 'conflict', status: 409 };
    await expect(activate()).rejects.toMatchObject(unclear);
  });
});

describe("an organization's wallet", () => {
  const iban = 'LT121000011101001000';

  it.each<[string, Shown, object]>([
    [
      'has the id of the list where its status names none',
      { wallets: [{ id: 'w-1', status: 'INACTIVE' }], walletStatus: { walletStatus: 'ACTIVE', iban } },
      { walletId: 'w-1', status: 'ACTIVE', iban },
    ],
    [
      'has the id of its status where that names one',
      { wallets: [{ id: 'w-1', status: 'INACTIVE' }], walletStatus: { walletId: 'w-2', iban } },
      { walletId: 'w-2', status: 'INACTIVE', iban },
    ],
    [
      'has the id of the customer where nothing names one',
      { walletStatus: { status: 'ACTIVE', iban } },
      { walletId: 'o-1', status: 'ACTIVE', iban },
    ],
    [
      'stays as the list has it where its status says nothing',
      { wallets: [{ id: 'w-1', status: 'INACTIVE' }], walletStatus: {} },
      { walletId: 'w-1', status: 'INACTIVE' },
    ],
  ])('%s', async (_, shown, wallet) => {
    conflicts(shown);
    expect(await tenant.wallet(company)).toEqual(wallet);
  });

  it('is none where FinHub says nothing of one', async () => {
    conflicts({ wallets: [], walletStatus: { organizationStatus: 'ACTIVATING' } });
    expect(await tenant.wallet(company)).toBeUndefined();
  });
});

it('the IBAN is that of the main wallet, whatever else there is, and is not there before that one has it', async () => {
  const fees = { id: 'w-1', name: 'Fee Wallet', walletType: 'b2c_fee', status: 'ACTIVE', iban: 'LT1' };
  const main = { id: 'w-2', name: 'Product General Purpose Wallet', status: 'PENDING_ACTIVATION' };
  conflicts({ wallets: [fees, main] });
  expect(await tenant.wallet(person)).toEqual({ walletId: 'w-2', status: 'PENDING_ACTIVATION' });
  conflicts({ wallets: [fees, { id: 'w-2', walletType: 'b2c_product_general_purpose', iban: 'LT2' }] });
  expect(await tenant.wallet(person)).toEqual({ walletId: 'w-2', status: '', iban: 'LT2' });
});

it("an individual's wallet that has an IBAN and no id has the customer's", async () => {
  conflicts({ wallets: [{ iban: 'LT1' }] });
  expect(await tenant.wallet(person)).toEqual({ walletId: 'c-1', status: '', iban: 'LT1' });
});
