import type { ApiRequest, Body, FinhubApi } from './api.js';
import type { Call } from './call.js';
import type { Envelope } from './envelope.js';
import { FinhubFailure } from './failure.js';
import type { Fields } from './fields.js';
import { actingUserHeaders, type Origin } from './headers.js';
import type { Customer } from './readiness.js';

export interface Wallet {
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
   * Activates an individual. An active one is refused by FinHub (409): for the caller it is `activating` then, and its
   * wallet decides. CONTRACT.md c.2.8, U12, U24.
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
  /** The customer's wallet, the one with an IBAN first. Undefined: not yet. CONTRACT.md c.3.13, c.7, U43. */
  wallet(customer: Customer, call?: Call): Promise<Wallet | undefined>;
}

export function activationCalls(api: FinhubApi): ActivationCalls {
  return {
    activateIndividual({ customerId, email, code, origin }, call) {
      const body: Body<'IndividualActivation'> = { userId: email, code: code ?? generatedCode(api.now()) };
      const read = ({ data }: Envelope) => stateIn(data, 'active');
      const request: ApiRequest<Activated> = { path: { customerId }, origin, body, read };
      return activate(() => api.request('activateIndividual', request, call));
    },
    activateOrganization({ organizationId, actingUserId, roles, reason, code, origin }, call) {
      const body: Body<'OrganizationActivation'> = {
        activationReason: reason,
        additionalInfo: { userId: actingUserId, activationCode: code ?? generatedCode(api.now()) },
      };
      const headers = actingUserHeaders(actingUserId, roles);
      const read = ({ data }: Envelope) => stateIn(data, 'activating');
      const request: ApiRequest<Activated> = { path: { organizationId }, origin, headers, body, read };
      return activate(() => api.request('activateOrganization', request, call));
    },
    async wallet({ kind, customerId }, call) {
      const query = { customerType: kind === 'organization' ? 'B2B' : 'B2C' };
      const read = ({ data }: Envelope) => bestWallet(data.needItems('wallets', 'items').flatMap(readWallet));
      const wallet = await unlessNotYet(
        api.request('listWallets', { path: { customerId }, query, read }, call),
      );
      if (wallet?.iban !== undefined || kind === 'individual') return wallet;
      // The call that an organization's activation names (c.3.13); its answer is not documented, so it comes second.
      const status = {
        path: { organizationId: customerId },
        read: ({ data }: Envelope) => readWallet(data)[0],
      };
      return (await unlessNotYet(api.request('getOrganizationWalletStatus', status, call))) ?? wallet;
    },
  };
}

/** As the runner makes one up (U11). */
function generatedCode(now: Date): string {
  return `ACTIVATION_CODE_${now.getTime()}`;
}

/** An active customer is no failure: what was wanted is so. */
async function activate(request: () => Promise<Activated>): Promise<Activated> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof FinhubFailure && error.code === 'conflict') return { state: 'activating' };
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

function readWallet(entry: Fields): Wallet[] {
  const walletId = entry.text('walletId', 'id');
  if (walletId === undefined) return [];
  return [{ walletId, iban: entry.text('iban'), status: entry.text('walletStatus', 'status') ?? '' }];
}

function bestWallet(wallets: readonly Wallet[]): Wallet | undefined {
  const withIban = wallets.filter((wallet) => wallet.iban !== undefined);
  return withIban.find((wallet) => wallet.status === 'ACTIVE') ?? withIban[0] ?? wallets[0];
}
