import type { ApiRequest, Body, FinhubApi } from './api.js';
import type { Call } from './call.js';
import type { Envelope } from './envelope.js';
import { FinhubFailure } from './failure.js';
import type { Fields } from './fields.js';
import { actingUserHeaders, type Origin } from './headers.js';
import type { Customer } from './readiness.js';

export interface Wallet {
  /** The customer's id where FinHub names none (U13). */
  readonly walletId: string;
  /** Personal data. */
  readonly iban?: string | undefined;
  /** `INACTIVE`, `PENDING_ACTIVATION`, `ACTIVE`, `SUSPENDED`, `BLOCKED`, or empty where FinHub does not say. */
  readonly status: string;
}

/** `activating` where it goes on after the answer; the wallet says when it is over (U14). */
export interface Activated {
  readonly state: 'active' | 'activating';
}

export interface ActivationCalls {
  /**
   * Activates an individual. FinHub refuses an active one (409), and one in a state that does not allow it: where its wallet
   * shows that it is active it is `activating` for the caller; else that refusal is an `unknown-outcome`, for the wallet may
   * come later. CONTRACT.md c.2.8, U12, U24.
   */
  activateIndividual(
    request: {
      readonly customerId: string;
      readonly email: string;
      /** What the applicant was mailed; default a generated one (U11). */
      readonly code?: string | undefined;
      readonly origin?: Origin | undefined;
    },
    call?: Call,
  ): Promise<Activated>;
  /** Activates an organization, in the name of its acting user; 409 as above. CONTRACT.md c.3.12, U14, U37. */
  activateOrganization(
    request: {
      readonly organizationId: string;
      readonly actingUserId: string;
      /** Of the acting user; one of `ADMIN_USER`, `COMPLIANCE_OFFICER` is needed. */
      readonly roles: readonly string[];
      readonly reason: string;
      readonly code?: string | undefined;
      readonly origin?: Origin | undefined;
    },
    call?: Call,
  ): Promise<Activated>;
  /** The customer's main wallet where FinHub names it, else the one with an IBAN first. Undefined: not yet. CONTRACT.md c.3.13, c.7, U43. */
  wallet(customer: Customer, call?: Call): Promise<Wallet | undefined>;
}

/** What shows whether a customer is active. */
interface Seen {
  readonly wallet?: Wallet | undefined;
  readonly organizationStatus?: string | undefined;
}

export function activationCalls(api: FinhubApi): ActivationCalls {
  return {
    activateIndividual({ customerId, email, code, origin }, call) {
      const body: Body<'IndividualActivation'> = { userId: email, code: code ?? generatedCode(api.now()) };
      const read = ({ data }: Envelope) => stateIn(data, 'active');
      const request: ApiRequest<Activated> = { path: { customerId }, origin, body, read };
      const activation = api.request('activateIndividual', request, call);
      return unlessActive(activation, () => look(api, { kind: 'individual', customerId }, call));
    },
    activateOrganization({ organizationId, actingUserId, roles, reason, code, origin }, call) {
      const body: Body<'OrganizationActivation'> = {
        activationReason: reason,
        additionalInfo: { userId: actingUserId, activationCode: code ?? generatedCode(api.now()) },
      };
      const headers = actingUserHeaders(actingUserId, roles);
      const read = ({ data }: Envelope) => stateIn(data, 'activating');
      const request: ApiRequest<Activated> = { path: { organizationId }, origin, headers, body, read };
      const activation = api.request('activateOrganization', request, call);
      const customer = { kind: 'organization', customerId: organizationId } as const;
      return unlessActive(activation, () => look(api, customer, call));
    },
    wallet: async (customer, call) => (await look(api, customer, call)).wallet,
  };
}

/** As the runner makes one up (U11). */
function generatedCode(now: Date): string {
  return `ACTIVATION_CODE_${now.getTime()}`;
}

/** An active customer is no failure: what was wanted is so. */
async function unlessActive(activation: Promise<Activated>, seen: () => Promise<Seen>): Promise<Activated> {
  try {
    return await activation;
  } catch (error) {
    if (!(error instanceof FinhubFailure) || error.code !== 'conflict') throw error;
    if (isActivated(await seen())) return { state: 'activating' };
    throw error;
  }
}

function stateIn(data: Fields, otherwise: Activated['state']): Activated {
  const status = data.text('activation.status', 'activationStatus', 'status');
  if (status === undefined) return { state: otherwise };
  return { state: status === 'ACTIVE' || status === 'ACTIVATED' ? 'active' : 'activating' };
}

/** Before activation wallet calls give 404 or 422 (c.7, U43). */
async function unlessNotYet<Result>(request: Promise<Result>): Promise<Result | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof FinhubFailure && (error.status === 404 || error.status === 422)) return undefined;
    throw error;
  }
}

/** Of the two calls that show it, the one that an organization's activation names comes second: its answer is not documented. */
async function look(api: FinhubApi, { kind, customerId }: Customer, call?: Call): Promise<Seen> {
  const isOrganization = kind === 'organization';
  const query = { customerType: isOrganization ? 'B2B' : 'B2C' };
  const readList = ({ data }: Envelope) => bestWallet(data.needItems('wallets', 'items'), customerId);
  const list = { path: { customerId }, query, read: readList };
  const wallet = await unlessNotYet(api.request('listWallets', list, call));
  if (wallet?.iban !== undefined || !isOrganization) return { wallet };
  const readStatus = ({ data }: Envelope): Seen => ({
    wallet: readWallet(data, customerId, wallet),
    organizationStatus: data.text('organizationStatus'),
  });
  const status = { path: { organizationId: customerId }, read: readStatus };
  return (await unlessNotYet(api.request('getOrganizationWalletStatus', status, call))) ?? { wallet };
}

/** There is a wallet before the activation too, of one of these states or of none (b.8, U43). */
const statesBefore: ReadonlySet<string> = new Set(['', 'INACTIVE', 'PENDING_ACTIVATION']);

function isActivated({ wallet, organizationStatus }: Seen): boolean {
  if (organizationStatus === 'ACTIVE' || organizationStatus === 'ACTIVATING') return true;
  return wallet !== undefined && (wallet.iban !== undefined || !statesBefore.has(wallet.status));
}

/** Undefined where FinHub says nothing of a wallet; what it leaves out is as the list has it (U13). */
function readWallet(entry: Fields, customerId: string, listed?: Wallet): Wallet | undefined {
  const iban = entry.text('iban');
  const walletId = entry.text('walletId') ?? listed?.walletId ?? entry.text('id');
  const status = entry.text('walletStatus', 'status') ?? listed?.status;
  const isNone = [iban, walletId, status].every((value) => value === undefined);
  return isNone ? undefined : { walletId: walletId ?? customerId, iban, status: status ?? '' };
}

/** A customer may have wallets for fees and the like too; the IBAN is usually that of this one (c.7). */
const mainWallet = /product[ _]general[ _]pu/iu;

/** Where FinHub names the main one no other counts, also while it has no IBAN: a wrong one would be worse than none. */
function bestWallet(entries: readonly Fields[], customerId: string): Wallet | undefined {
  const main = entries.filter((entry) =>
    mainWallet.test(`${entry.text('walletType') ?? ''} ${entry.text('name') ?? ''}`),
  );
  const wallets = (main.length > 0 ? main : entries).flatMap((entry) => readWallet(entry, customerId) ?? []);
  const withIban = wallets.filter((wallet) => wallet.iban !== undefined);
  return withIban.find((wallet) => wallet.status === 'ACTIVE') ?? withIban[0] ?? wallets[0];
}
