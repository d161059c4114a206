import type { Customer } from '../state/customer.js';

/** When a wallet is what. */
export interface WalletTimes {
  readonly nowMs: number;
  /** From ACTIVE to a wallet with an IBAN (U14). */
  readonly delayMs: number;
}

/** A wallet as it is now: no IBAN before it is ACTIVE. */
export interface Wallet {
  readonly walletId: string;
  readonly status: 'PENDING_ACTIVATION' | 'ACTIVE';
  readonly iban?: string;
}

/** The wallet at `nowMs`; `undefined`, for 404, until everything that activation asks for is there (U43). */
export function walletAt(customer: Customer, isReady: boolean, times: WalletTimes): Wallet | undefined {
  const { id: walletId, iban } = customer.wallet;
  if (customer.activeFrom === undefined && !isReady) return undefined;
  const isActive = customer.activeFrom !== undefined && customer.activeFrom + times.delayMs <= times.nowMs;
  return isActive ? { walletId, status: 'ACTIVE', iban } : { walletId, status: 'PENDING_ACTIVATION' };
}

/** A wallet as c.7 lists it. */
export function shownWallet(customer: Customer, wallet: Wallet): Record<string, unknown> {
  return {
    id: wallet.walletId,
    walletId: wallet.walletId,
    customerId: customer.id,
    name: 'Product General Purpose Wallet',
    walletType: `${customer.kind === 'individual' ? 'b2c' : 'b2b'}_product_general_purpose`,
    status: wallet.status,
    currency: 'EUR',
    balance: '0.00',
    availableBalance: '0.00',
    ...(wallet.iban === undefined ? {} : { iban: wallet.iban }),
  };
}
